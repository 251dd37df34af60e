"""Who goes, changed while the machine runs; and local replacement beside global."""

import re

from harness import check, equal, find, test
from test_paging import POLICIES, SMALL

# Policies that do not let a scan take pages in use, globally either.
SCAN_RESISTANT = ("sieve", "2q")


def shell(box, lines, *options):
    """What the guest's shell prints for these lines, with one log for the kernel."""
    script = box.file("script", "".join(line + "\n" for line in lines).encode())
    result = box.run("/bin/sh", options=["--stdin", script, *options], **SMALL)
    for key in ("frames_leaked", "slots_leaked", "objects_leaked"):
        equal(result[key], 0, key)
    return result.out.decode()


@test
def the_policy_is_read_and_changed_by_a_file_and_a_command(box):
    out = shell(box, ["policy", "policy sieve", "cat /proc/sys/vm/policy",
                      "echo 2q > /proc/sys/vm/policy", "policy", "policy nosuch || echo refused",
                      "policy"])
    names = " ".join(POLICIES)
    expected = [names.replace("clock", "[clock]", 1), names.replace("sieve", "[sieve]"),
                names.replace("2q", "[2q]"), "refused", names.replace("2q", "[2q]")]
    equal(out.splitlines(), expected, "what the shell prints")


@test
def settings_of_paging_are_read_and_written(box):
    vm = "/proc/sys/vm"
    out = shell(box, [f"cat {vm}/replacement", f"echo local > {vm}/replacement",
                      f"echo pff > {vm}/allocation", f"cat {vm}/replacement {vm}/allocation",
                      f"echo 50 > {vm}/pff_high", f"echo 7 > {vm}/pff_low",
                      f"echo 90 > {vm}/pff_low", f"cat {vm}/pff_low {vm}/pff_high",
                      f"echo 5 > {vm}/working_set_window", f"cat {vm}/working_set_window",
                      f"echo neither > {vm}/replacement", f"cat {vm}/replacement"])
    equal(out.splitlines(), ["[global] local", "global [local]", "equal [pff]", "7", "50", "5",
                             "global [local]"], "what the shell prints")


@test
def words_of_the_command_line_choose_replacement_and_allocation(box):
    out = shell(box, ["cat /proc/sys/vm/replacement /proc/sys/vm/allocation"],
                "--append", "replacement=local allocation=pff")
    equal(out.splitlines(), ["global [local]", "equal [pff]"], "settings")


@test
def paging_tells_the_account_of_a_process(box):
    out = shell(box, ["cat /proc/1/paging", "echo local > /proc/sys/vm/replacement",
                      "cat /proc/1/paging", "echo 20 > /proc/1/paging",
                      "echo nonsense > /proc/1/paging", "cat /proc/1/paging"])
    shown = re.findall(r"Allotment:\t(.*)\nFixed:\t(\d+)\nCharged:\t(\d+) frames\n", out)
    equal([line[:2] for line in shown], [("none", "0"), ("32 frames", "0"), ("20 frames", "20")],
          "allotment of the shell, cat being the other process")
    check(all(int(line[2]) > 0 for line in shown), "nothing charged")
    find("MajorFaults:\t\\d+\n", out)
    find("WorkingSet:\t\\d+ pages\n", out)
    find("VirtualTime:\t\\d+ cycles\n", out)


@test
def a_scan_takes_no_page_of_another_process_locally(box):
    """For every policy, on the live machine: faults of 16 hot pages in 100 turns."""
    result = box.run("/bin/neighbours", **SMALL).expect()
    rows = re.findall(r"(?m)^(\S+) +(\d+) +(\d+)$", result.out.decode())
    equal([row[0] for row in rows], list(POLICIES), "policies measured")
    for name, globally, locally in rows:
        equal(int(locally), 0, f"faults locally under {name}")
        if name not in SCAN_RESISTANT:
            check(int(globally) > 100, f"only {globally} faults globally under {name}")


@test
def page_fault_frequency_gives_frames_to_who_needs_them(box):
    """80 pages and 10 fit into 128 frames, but 80 do not fit into an equal part."""
    script = box.file("script", b"touchpages write 80 300 &\ntouchpages write 10 300\nwait\n")
    faults = {}
    for rule in ("equal", "pff"):
        words = ["--icount", "--stdin", script, "--append",
                 f"replacement=local allocation={rule}"]
        result = box.run("/bin/sh", ram="16M", frames=128, swap="8M", options=words).expect()
        equal(result.out.count(b" 0 wrong"), 2, "programs that ended well")
        faults[rule] = result["major_faults"]
    check(faults["equal"] > 20000, f"{faults['equal']} major faults in equal parts")
    check(faults["pff"] < faults["equal"] / 4, f"{faults['pff']} major faults by frequency")


@test
def memory_is_intact_while_policies_change_every_100_faults(box):
    """100,000 faults of one process, beside another."""
    result = box.run("/bin/switching", "--faults", "100000", **SMALL).expect()
    equal(result.out, b"switching: 160 pages of two processes, 1000 switches, 0 wrong\n", "output")
    check(result["major_faults"] > 100000, f"{result['major_faults']} major faults")


@test
def all_demonstrations_run_in_allotments(box):
    """Right results with local replacement, by either rule."""
    for rule in ("equal", "pff"):
        words = ["--append", f"replacement=local allocation={rule}"]
        for name in ("pagesort", "hashtable", "forkstorm"):
            box.run(f"/bin/{name}", options=words, **SMALL).expect()
