"""What the monitor's commands print, compared with the files below /proc they come from."""

import os
import re

from harness import GUEST_ROOT, check, equal, find, test

MARK = "@@@"
SLEEPER = "2"  # the script's first background process


def run_script(box, commands, sleeper=True, **settings):
    """{command: its output as text} of a script of our shell; every command must succeed.

    Time is guest instructions, so the sleeper sleeps by the first command, on any host.
    """
    lines = ["sleep 1000 &"] if sleeper else []
    for command in commands:
        lines += [f"echo '{MARK} {command}'", command, f"echo {MARK} status $?"]
    if sleeper:
        lines.append(f"kill {SLEEPER}")
    box.file("top/script", ("\n".join(lines) + "\n").encode())
    options = ["--icount", "--root", box.file("top")]
    result = box.run("/bin/sh", "/script", options=options, **settings)
    equal(result.status, 0, f"status of the script\n{result.error_text()[-1500:]}")
    outputs = {}
    text = result.out.decode()
    for name, output, status in re.findall(
            rf"^{MARK} (.*)\n((?:.*\n)*?){MARK} status (\d+)\n", text, re.M):
        equal(status, "0", f"status of {name}: {output[-300:]}")
        outputs[name] = output
    equal(sorted(outputs), sorted(set(commands)), "commands that ended")
    return outputs


def values(text):
    """{key: number} of lines such as meminfo's and vmstat's."""
    return {key: int(number) for key, number in re.findall(r"^([\w()]+):?\s+(\d+)", text, re.M)}


def near(actual, expected, slack, what):
    check(abs(actual - expected) <= slack, f"{what}: {actual}, far from {expected}")


def rows(text):
    return [line.split() for line in text.splitlines()]


@test
def monitor_free_is_meminfo(box):
    out = run_script(box, ["free", "cat /proc/meminfo"])
    memory = values(out["cat /proc/meminfo"])
    mem, swap = ([int(word) for word in rows(out["free"])[line][1:]] for line in (1, 2))
    equal((mem[0], swap[0]), (memory["MemTotal"], memory["SwapTotal"]), "totals")
    equal(mem[1] + mem[2] + mem[4], mem[0], "used + free + cache")
    equal(swap[1] + swap[2], swap[0], "swap used + free")
    near(mem[2], memory["MemFree"], 400, "free")
    near(mem[4], memory["Cached"], 400, "cache")


@test
def monitor_shared_memory_is_what_has_no_source(box):
    """A file that is made grows Shmem by its pages; the one it is copied from does not."""
    out = run_script(box, ["cat /proc/meminfo", "cat /bin/sh > /tmp/copy", "cat  /proc/meminfo",
                           "cat  /proc/vmstat"])
    before, after = (values(out[name]) for name in ("cat /proc/meminfo", "cat  /proc/meminfo"))
    size = os.path.getsize(os.path.join(GUEST_ROOT, "bin", "sh"))
    near(after["Shmem"] - before["Shmem"], (size + 4095) // 4096 * 4, 16, "Shmem grew by")
    equal(values(out["cat  /proc/vmstat"])["nr_shmem"] * 4, after["Shmem"], "nr_shmem")
    check(after["Mapped"] < after["Cached"], "not all of the cache is mapped")


@test
def monitor_ps_and_maps_are_the_processes(box):
    files = [f"cat /proc/{SLEEPER}/{name}" for name in ("statm", "stat", "smaps", "status")]
    out = run_script(box, ["ps", f"maps {SLEEPER}", *files])
    lines = {row[0]: row for row in rows(out["ps"])[1:]}
    equal(sorted(lines)[:2], ["1", SLEEPER], "processes")
    pages = out[files[0]].split()
    stat = out[files[1]].rpartition(")")[2].split()
    equal(lines[SLEEPER][:5], [SLEEPER, "1", "S", str(int(pages[0]) * 4), str(int(pages[1]) * 4)],
          "pid, parent, state, size and resident size")
    equal(lines[SLEEPER][6:8], [stat[7], stat[9]], "faults")
    equal(lines[SLEEPER][8:], ["sleep", "1000"], "command")
    smaps = out[files[2]]
    areas = [row for row in rows(out[f"maps {SLEEPER}"])[1:] if row[0] != "total"]
    equal([row[0] for row in areas], re.findall(r"^([0-9a-f]+-[0-9a-f]+) ", smaps, re.M), "areas")
    total = rows(out[f"maps {SLEEPER}"])[-1]
    for column, name in ((1, "Size"), (2, "Rss"), (4, "Swap")):
        amounts = [int(n) for n in re.findall(rf"^{name}: +(\d+)", smaps, re.M)]
        equal(int(total[column]), sum(amounts), f"sum of {name}")
        equal([int(row[column + 1]) for row in areas], amounts, f"{name} of each area")
    equal(int(total[2]), values(out[files[3]])["VmRSS"], "resident, by status")


@test
def monitor_frames_add_up(box):
    """Of /proc/frames, read line by line while memory changes a little under the reader's hands."""
    out = run_script(box, ["frames", "cat /proc/frames", "frames free", f"frames --pid={SLEEPER}",
                           f"cat /proc/{SLEEPER}/statm", "cat /proc/meminfo", "frames 300"],
                     ram="12M", swap="4M")
    lines = out["cat /proc/frames"].splitlines(keepends=True)
    equal({len(line) for line in lines}, {160}, "lengths of lines")
    table = [line.split() for line in lines[1:]]
    equal([int(row[0]) for row in table], list(range(len(table))), "frame numbers")
    counts = {row[0]: int(row[1]) for row in rows(out["frames"])[:-1]}
    equal(sum(counts[name] for name in ("reserved", "free", "kernel", "slab", "vmalloc", "table",
                                        "anon", "object")), counts["total"], "sum of kinds")
    equal(counts["total"], len(table), "frames")
    equal(counts["reserved"], sum(row[1] == "reserved" for row in table), "reserved")
    for kind in ("slab", "table", "anon", "object"):
        near(counts[kind], sum(row[2] == kind for row in table), 60, kind)
    near(counts["free"] * 4, values(out["cat /proc/meminfo"])["MemFree"], 400, "free KiB")
    mine = rows(out[f"frames --pid={SLEEPER}"])
    equal(mine[-1], [str(len(mine) - 2), "frames"], "frames listed")
    equal(len(mine) - 2, int(out[f"cat /proc/{SLEEPER}/statm"].split()[1]), "the sleeper's frames")
    check(all(re.search(rf"(^|,){SLEEPER}:", row[12]) for row in mine[1:-1]), "mapped by it")
    check(all(row[1] == "free" for row in rows(out["frames free"])[1:-1]), "only free ones")
    equal(rows(out["frames 300"])[1][:3], table[300][:3], "one frame alone")


@test
def monitor_walk_leads_to_the_frame(box):
    """The walk of the sleeper's stack, its pagemap, and the frame's own line agree."""
    out = run_script(box, [f"walk {SLEEPER} bffff123", f"frames --pid={SLEEPER} anon",
                           f"walk {SLEEPER} 100", f"walk {SLEEPER} 0xc0100000",
                           f"walk {SLEEPER} 70000000"])
    walk = out[f"walk {SLEEPER} bffff123"]
    physical = int(find(r"\nphysical   0x([0-9a-f]{8})", walk).group(1), 16)
    stack = [row for row in rows(out[f"frames --pid={SLEEPER} anon"])
             if row[-1] == f"{SLEEPER}:bffff000"]
    equal(len(stack), 1, "frames of the stack's page")
    equal(physical, int(stack[0][0]) * 4096 + 0x123, "physical address")
    find(r"linear     0xbffff123 = directory 767, table 1023, offset 291\n", walk)
    for line in (r"bit 0  P    1  present", r"bit 1  R/W  1  may be written",
                 r"bit 2  U/S  1  user and kernel", r"bit 6  D    1  dirty"):
        check(len(re.findall(line, walk)) >= 1, f"{line} in {walk}")
    find(rf"area       .* rw-p \[stack\].*\nframe      {stack[0][0]}, a private page", walk)
    find("a touch is a segmentation fault", out[f"walk {SLEEPER} 100"])
    find("no page table for these 4 MiB", out[f"walk {SLEEPER} 70000000"])
    find("the kernel's half", out[f"walk {SLEEPER} 0xc0100000"])
    find("physical   0x00100000", out[f"walk {SLEEPER} 0xc0100000"])


@test
def monitor_buddy_slabs_and_swap_are_their_files(box):
    out = run_script(box, ["buddy", "cat /proc/buddyinfo", "cat /proc/pagetypeinfo", "slabs --all",
                           "cat /proc/slabinfo", "pagesort --count 200000", "swap",
                           "cat /proc/swaps", "cat /proc/vmstat", "clock --around=5",
                           "cat /proc/clock"], ram="16M", frames=64, swap="8M")
    drawn = rows(out["buddy"])[1:-1]
    equal([int(row[0]) for row in drawn], list(range(11)), "orders")
    near(sum(int(row[3]) for row in drawn),
         sum(int(n) * 4 << order for order, n in enumerate(out["cat /proc/buddyinfo"].split()[4:])),
         200, "free KiB")
    equal(int(find(r"(\d+) KiB free", out["buddy"]).group(1)), sum(int(row[3]) for row in drawn),
          "sum of the drawing")
    info = {row[0]: row for row in rows(out["cat /proc/slabinfo"])[2:]}
    caches = {row[0]: row for row in rows(out["slabs --all"])[1:-1]}
    equal(sorted(caches), sorted(info), "caches")
    for name, row in caches.items():
        equal(row[1], info[name][3], f"object size of {name}")
        near(int(row[2]), int(info[name][1]), 40, f"objects of {name}")
    swaps = rows(out["cat /proc/swaps"])[1]
    used, total = (int(n) for n in find(r"\] (\d+) of (\d+) slots", out["swap"]).groups())
    equal(total * 4, int(swaps[2]), "slots")
    near(used * 4, int(swaps[3]), 100, "slots in use")
    events = values(out["cat /proc/vmstat"])
    check(events["pswpout"] > 100, "the sort went to swap")
    written = int(find(r"written to swap (\d+)", out["swap"]).group(1))
    check(0 < written <= events["pswpout"], "pages written")
    hand = [line for line in out["clock --around=5"].splitlines() if line.startswith("--->")]
    equal(len(hand), 1, "hands")
    find(r"\npolicy clock", "\n" + out["cat /proc/clock"])
    equal(len(re.findall(r"^ +\+0 ", out["cat /proc/clock"], re.M)), 1, "frame under the hand")


@test
def monitor_vmstat_repeats_the_counters(box):
    out = run_script(box, ["cat /proc/vmstat", "cat /proc/zoneinfo", "cat /proc/meminfo"])
    events = values(out["cat /proc/vmstat"])
    equal(events["pgfault"], events["clockhand_minor_faults"] + events["clockhand_major_faults"],
          "faults")
    equal(events["pgmajfault"], events["clockhand_major_faults"], "major faults")
    names = re.findall(r"^(\w+) ", out["cat /proc/vmstat"], re.M)
    equal(len(names), len(set(names)), "names, each once")
    near(events["nr_free_pages"] * 4, values(out["cat /proc/meminfo"])["MemFree"], 200, "free")
    near(int(find(r"pages free +(\d+)", out["cat /proc/zoneinfo"]).group(1)),
         events["nr_free_pages"], 60, "zoneinfo's free pages")
    equal(int(find(r"managed +(\d+)", out["cat /proc/zoneinfo"]).group(1)) * 4,
          values(out["cat /proc/meminfo"])["MemTotal"], "zoneinfo's managed pages")


@test
def monitor_hierarchy_counts_its_faults(box):
    out = run_script(box, ["hierarchy"], ram="24M", swap="8M")["hierarchy"]
    find(r"registers +8 x 4 bytes +\d+\.\d +an addition\n", out)
    find(r"\nmemory +\d+ \wiB +\d+\.\d +a load from among 4 MiB\n", out)
    minor = int(find(r"(\d+) minor faults for 256 pages", out).group(1))
    major = int(find(r"(\d+) major faults for 256 pages", out).group(1))
    near(minor, 256, 8, "minor faults")
    near(major, 256, 8, "major faults")


@test
def monitor_walk_knows_partitions(box):
    """In the region, and out of it as a whole: stopped, so that it stays out."""
    box.file("top/script", b"partition --size 256K tally-low --until-term &\nsleep 1\n"
             b"walk 2 3f000\nkill -STOP 2\npartitions rollout 2\nwalk 2 3f000\nswap\n"
             b"kill -KILL 2\n")
    options = ["-q", "--icount", "--ram", "16M", "--append", "partitions=1M", "--root",
               box.file("top")]
    out = box.run("/bin/sh", "/script", options=options).out.decode()
    there, gone = out.split("on swap:")
    frame = find(r"frame +(\d+), in the region of partitions", there).group(1)
    find(rf"physical +0x[0-9a-f]+ = frame {frame} ", there)
    find(r"\nswap +all of the process is out", gone)
    slots = find(r"\] (\d+) of \d+ slots", gone).group(1)
    find(rf"\n +2 tally-low +{slots} slots\n", gone)
    check("touch" not in gone and "zeroes (minor" not in gone, gone)


@test
def monitor_commands_say_what_is_wrong(box):
    wrong = {"maps": "usage: maps PID", "maps 99": "no such process", "walk 1": "usage: walk",
             "walk 1 xyz": "not an address", "walk 9999 0": "no such process",
             "frames nothing": "no such kind", "frames 99999999": "no such frame",
             "demo nothing": "no such demonstration",
             "demo partitions": "start the kernel with --append partitions=",
             "partitions": "there is no region", "policy lru2": "no such policy",
             "free x": "usage", "buddy x": "usage",
             "ps --bad": "unknown option", "maps a/b": "not a process id",
             "echo lru2 > /proc/sys/vm/policy": "echo: write error: Invalid argument",
             "echo 1 > /proc/sys/vm/swappiness": "echo: write error",
             "echo 1e9 > /proc/sys/vm/drop_caches": "echo: write error: Invalid argument",
             "echo -n x > /proc/memmap": "echo: write error: Invalid argument"}
    lines = [f"{command}\necho {MARK} $?" for command in wrong]
    box.file("top/script", ("\n".join(lines) + "\n").encode())
    result = box.run("/bin/sh", "/script", options=["-q", "--root", box.file("top")])
    statuses = re.findall(rf"{MARK} (\d+)", result.out.decode())
    equal(len(statuses), len(wrong), "commands that ended")
    check("0" not in statuses, f"a mistake that is status 0: {statuses}")
    for command, message in wrong.items():
        find(re.escape(message), result.error_text())


@test
def proc_cmdline_has_the_words_of_the_launcher(box):
    out = run_script(box, ["cat /proc/cmdline"], sleeper=False, ram="16M", frames=64, swap="8M")
    find(r"(^|\s)swap=8M frames=64(\s|$)", out["cat /proc/cmdline"])


@test
def monitor_commands_have_help(box):
    names = ["buddy", "clock", "demo", "frames", "free", "hierarchy", "maps", "memmap", "partition",
             "partitions", "policy", "ps", "slabs", "swap", "walk", "demo-clock", "demo-cow",
             "demo-paging", "demo-residency"]
    out = run_script(box, ["help", *(f"{name} --help" for name in names)])
    for name in names:
        if not name.startswith("demo-"):  # demo lists those
            find(rf"\n  {name} +\w+", out["help"])
    for name in names:
        find(rf"{name}: .+\nusage: {name}", out[f"{name} --help"])


@test
def demonstrations_hold_what_they_say(box):
    listed = run_script(box, ["demo"], sleeper=False)["demo"]
    for name in ("clock", "cow", "paging", "residency"):
        find(rf"demo {name} +\w+", listed)
    out = run_script(box, ["demo paging", "demo cow", "demo residency"], sleeper=False)
    for logical, physical in ((0, 20), (3, 23), (4, 24), (13, 9)):
        find(rf"logical +{logical} = .* = physical {physical}\n", out["demo paging"])
    find("comes to the same addresses", out["demo paging"])
    equal(out["demo cow"].count(": yes"), 6, "truths about copy on write")
    check("WRONG" not in out["demo residency"], out["demo residency"])


@test
def demo_clock_keeps_what_is_used(box):
    out = run_script(box, ["demo clock"], sleeper=False, ram="16M", frames=64,
                     swap="8M")["demo clock"]
    find(r"used at every step: +8 of +8 pages", out)
    cold, all_cold = (int(n) for n in find(r"written once: +(\d+) of +(\d+) pages", out).groups())
    check(cold < 64 < all_cold, f"{cold} of {all_cold} cold pages stayed")
