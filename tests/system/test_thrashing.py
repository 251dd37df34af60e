"""Thrashing: that it happens, that the kernel says so, and that load control cures it.

With --icount and a disk that takes its time the figures are the same in every run, so ratios can
be asserted. One round of runs is shared by the tests that look at it.
"""

import functools
import os
import re
import tempfile

from harness import GUEST_ROOT, Box, check, equal, find, on_linux, test

FRAMES = 64
PAGES = 24  # eight of them want three times the frames
WORK = ("--pages", str(PAGES), "--visits", "2000", "--work", "10")
MACHINE = {"ram": "16M", "frames": FRAMES, "swap": "8M"}


def options(control, delay=2000, log=None):
    words = ["--icount", "--append", f"load_control={control} disk_delay={delay} quantum=1"]
    return words + (["--log", log] if log else [])


@functools.lru_cache(maxsize=None)
def measured(control, processes, visits=WORK[3]):
    """(result, log) of `thrash` with so many processes, which visit so many pages each."""
    with tempfile.TemporaryDirectory(prefix="clockhand-test-") as folder:
        box = Box(folder)
        log = box.file("log")
        result = box.run("/bin/thrash", "--processes", str(processes), *WORK[:3], visits,
                         *WORK[4:],
                         options=options(control, log=log), **MACHINE).expect()
        with open(log, encoding="ascii", errors="replace") as text:
            return result, text.read()


def script(box, lines, control="on", delay=2000):
    """The guest's shell with these commands: the result, whose status is the last one's; output."""
    path = box.file("script", "\n".join([*lines, "exit", ""]).encode())
    result = box.run("/bin/sh", options=[*options(control, delay), "--stdin", path], **MACHINE)
    check(result.status < 120, f"status {result.status}:\n{result.error_text()[-1500:]}")
    return result.expect(result.status), result.out.decode("ascii", "replace")


@test
def load_control_finishes_at_least_three_times_sooner(_box):
    """Working sets of three times the frames, in instructions; and the results are the same."""
    (off, _), (on, _) = (measured(control, 8) for control in ("off", "on"))
    check(8 * PAGES == 3 * FRAMES, "not three times the frames")
    check(off["instructions"] >= 3 * on["instructions"],
          f"{off['instructions']} instructions without, {on['instructions']} with load control")
    equal(on.out, off.out, "results with load control")
    path = os.path.join(GUEST_ROOT, "bin", "thrash")
    equal(on_linux(path, "--processes", "8", *WORK), (0, on.out), "results on Linux")


@test
def useful_share_falls_off_a_cliff_without_load_control(_box):
    # The cure takes a few windows to find who has to wait; four times the work shows it at work.
    few, many, cured = (measured(*point)[0]["useful_share"]
                        for point in (("off", 2), ("off", 8), ("on", 8, "8000")))
    check(few > 0.9, f"two processes fit, and {few} is useful")
    check(many < 0.3, f"eight do not, and {many} is useful")
    check(cured > 0.55 and cured > 10 * many, f"with load control only {cured} is useful")


@test
def the_kernel_says_once_that_it_thrashes(_box):
    for control in ("off", "on"):
        _, log = measured(control, 8)
        equal(len(re.findall(r"thrashing: \d processes want more than 64 frames", log)), 1,
              f"episodes, load control {control}")
    equal(measured("off", 2)[1].count("thrashing"), 0, "episodes of two processes")


@test
def time_is_all_accounted_for(_box):
    """User, kernel and idle are all there is; without too many processes next to all is useful."""
    result, _ = measured("off", 2)
    spent = result["user_instructions"] + result["idle_instructions"]
    check(0 < spent <= result["instructions"], f"{spent} of {result['instructions']}")
    equal(result["useful_share"],
          round(result["user_instructions"] / result["instructions"], 4), "useful_share")
    idle = measured("off", 8)[0]["idle_instructions"]
    check(idle > result["instructions"], f"waiting for the disk is not idle: {idle}")


@test
def pressure_has_linuxs_format(box):
    _, out = script(box, ["thrash --processes 8 " + " ".join(WORK), "cat /proc/pressure/memory",
                          "cat /proc/pressure/io", "cat /proc/pressure/cpu",
                          "cat /proc/self/pressure"], control="off")
    line = r"avg10=(\d+\.\d\d) avg60=(\d+\.\d\d) avg300=(\d+\.\d\d) total=(\d+)\n"
    lines = re.findall(f"some {line}full {line}", out)
    equal(len(lines), 3, f"files of pressure in {out}")
    for figures in lines:
        some, full = ([float(figure) for figure in part] for part in (figures[:4], figures[4:]))
        check(all(a >= b for a, b in zip(some, full)), f"full is more than some: {figures}")
        check(max(some[:3]) <= 100, f"more than all: {figures}")
    memory, disk, cpu = lines
    check(float(memory[4]) > 50, f"full avg10 of memory {memory[4]}, and the machine thrashed")
    check(int(memory[7]) > 1_000_000, f"full total of memory: {memory[7]} us")
    check(float(disk[0]) > 50, f"avg10 of io {disk[0]}, and the disk did not rest")
    equal(cpu[4:], ("0.00", "0.00", "0.00", "0"), "full of cpu")
    for name in ("user_us", "stall_us", "refaults", "refault_distance", "suspended"):
        find(rf"(?m)^{name} \d+$", out)


@test
def turns_are_fair(box):
    """When the first has done its work nobody has done less than half of its own."""
    result = box.run("/bin/thrash", "--processes", "6", "--pages", str(PAGES), "--visits", "16000",
                     "--work", "10", "--fair", options=options("on", 1000), **MACHINE).expect()
    done, total = map(int, find(rb"slowest had done (\d+) of (\d+)", result.out).groups())
    check(2 * done >= total, f"the slowest had done {done} of {total}")


# One second after they began most are suspended, and it takes them several to end.
SUSPENDED = [f"thrash --processes 8 --pages {PAGES} --visits 4000 --work 10 &", "sleep 1",
             "cat /proc/vmstat"]


def suspended_pids(box):
    """Pids that are suspended about then; the machine is the same in every run."""
    _, out = script(box, SUSPENDED + [f"cat /proc/{pid}/status" for pid in range(4, 12)])
    pids = re.findall(r"Pid:\t(\d+)\n(?:(?!\nPid:)[\s\S])*?Suspended:\t(\d)", out)
    found = [int(pid) for pid, state in pids if state == "1"]
    check(len(found) >= 2, f"suspended: {found}")
    return found


@test
def a_suspended_process_can_be_killed(box):
    victim, other = suspended_pids(box)[:2]
    _, out = script(box, [*SUSPENDED, f"cat /proc/{victim}/status", f"kill -KILL {victim}",
                          f"cat /proc/{other}/status", f"kill -TERM {other}", "sleep 0.05",
                          "echo gone", f"cat /proc/{victim}/status", f"cat /proc/{other}/status",
                          "wait"])
    equal(re.findall(r"Suspended:\t(\d)", out.split("gone")[0]), ["1", "1"], "suspended or not")
    states = re.findall(r"State:\t(\w)", out.split("gone")[1])
    check(set(states) <= {"Z"}, f"killed processes that have not ended: {states}")
    find(r"thrash: 6 of 8 processes", out)


@test
def a_stop_reaches_a_suspended_process(box):
    victim = suspended_pids(box)[0]
    _, out = script(box, [*SUSPENDED, f"cat /proc/{victim}/status", f"kill -STOP {victim}",
                          "sleep 0.05", f"cat /proc/{victim}/stat", f"kill -CONT {victim}", "wait"])
    find(r"Suspended:\t1", out)
    find(rf"(?m)^{victim} \(thrash\) T", out)
    find(r"thrash: 8 of 8 processes", out)


@test
def the_machine_ends_while_processes_are_suspended(box):
    """And nothing has leaked: script() looks."""
    _, out = script(box, SUSPENDED)
    check(int(find(r"clockhand_suspended (\d+)", out).group(1)) > 0, "nobody is suspended")


@test
def load_control_can_be_switched_while_it_works(box):
    _, out = script(box, [*SUSPENDED, "echo off > /proc/sys/vm/load_control",
                          "cat /proc/sys/vm/load_control", "sleep 3", "cat /proc/vmstat", "wait",
                          "echo maybe > /proc/sys/vm/load_control",
                          "cat /proc/sys/vm/load_control"])
    before, after = map(int, re.findall(r"clockhand_suspended (\d+)", out))
    check(before > 0 and after == 0, f"{before} suspended before, {after} after")
    equal(re.findall(r"^(on|off)$", out, re.M), ["off", "off"], "the switch")
    find(r"thrash: 8 of 8 processes", out)


@test
def a_fork_storm_under_load_control_is_right(box):
    """Fork and copy-on-write among processes that come and go."""
    words = ("/bin/forkstorm", "--generations", "3", "--children", "3")
    plain = box.run(*words, ram="64M").expect()
    for delay in (0, 1000):
        result = box.run(*words, options=options("on", delay), **MACHINE).expect()
        equal(result.out, plain.out, f"output with load control, disk_delay={delay}")


@test
def threads_and_pipes_go_on_under_load_control(box):
    """Tests of what processes wait for each other with, in few frames beside a crowd."""
    crowd = f"thrash --processes 5 --pages {PAGES} --visits 2000 --work 10"
    names = ("threads", "pipe", "shared", "signals", "wait")
    alone = {name: box.run(f"/tests/{name}", ram="64M", options=["--icount"]).out.decode()
             for name in names}
    _, out = script(box, [f"{crowd} > /tmp/crowd &", *(f"/tests/{name}" for name in names), "wait",
                          "cat /tmp/crowd"])
    for name, expected in alone.items():
        check(expected in out, f"/tests/{name} printed something else:\n{out[-2000:]}")
    find(r"thrash: 5 of 5 processes", out)
