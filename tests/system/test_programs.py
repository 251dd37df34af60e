"""Programs: unmodified, hostile, from elsewhere; their channels and how they end."""

import os

from harness import (GUEST_ROOT, ROOT, Skipped, check, equal, find, on_linux, same_as_linux, test)

SMALL = {"ram": "16M", "frames": 64, "swap": "8M"}
USER_TESTS = os.path.join(ROOT, "tests", "user")


@test
def exit_status_is_the_programs(box):
    equal(box.run("/bin/true").expect().status, 0, "true")
    equal(box.run("false").expect(1).status, 1, "false, found in /bin")


@test
def a_null_pointer_is_signal_11(box):
    result = box.run("/bin/nullderef").expect(139)
    equal((result["outcome"], result["signal"]), ("signaled", 11), "report")
    equal(result.out, on_linux("/bin/nullderef")[1], "output")


@test
def files_that_stay_are_no_leak(box):
    """In the root, in a folder, many enough for slabs of their own."""
    lines = [f"echo {i} > {folder}/left-{i}" for i in range(150) for folder in ("", "/tmp")]
    script = box.file("script", "\n".join([*lines, "cat /left-149", ""]).encode("ascii"))
    equal(box.run("/bin/sh", options=["--stdin", script]).expect().out, b"149\n", "output")


@test
def a_fault_of_a_program_is_one_line_in_the_log(box):
    log = box.file("log")
    box.run("/bin/nullderef", options=["--log", log]).expect(139)
    with open(log, encoding="utf-8") as text:
        lines = [line for line in text if "nullderef" in line]
    equal(len(lines), 1, f"lines about it in the log: {lines}")


@test
def arguments_arrive_as_they_are(box):
    words = ["one", "", "two words", "-x", "--", "quote'\"", "ä", "a,b", "$HOME"]
    _, linux = on_linux("/bin/args", *words)
    ours = box.run("/bin/args", *words).expect().out
    arguments = [[line for line in out.split(b"\n") if line.startswith(b"argv[")][1:]
                 for out in (ours, linux)]
    equal(*arguments, "arguments (ours, Linux)")
    equal(len(arguments[0]), len(words), "number of arguments")


@test
def standard_input_is_the_file(box):
    data = bytes(range(256)) * 100
    result = box.run("/bin/cat", options=["--stdin", box.file("input", data)]).expect()
    equal(result.out, data, "what cat copies")
    equal(box.run("/bin/cat").expect().out, b"", "without --stdin it is empty")


@test
def standard_input_is_the_pipe_or_file_of_the_launcher(box):
    """As in a shell: what is piped into the launcher is the program's; a silent pipe is empty."""
    reader, writer = os.pipe()
    os.write(writer, b"one\ntwo\n")
    os.close(writer)
    piped = box.launch("run", "-q", "--", "/bin/cat", stdin=reader)
    os.close(reader)
    equal((piped.status, piped.out), (0, b"one\ntwo\n"), "from a pipe")
    with open(box.file("given", b"three\n"), "rb") as given:
        equal(box.launch("run", "-q", "--", "/bin/cat", stdin=given).out, b"three\n", "from a file")
    reader, writer = os.pipe()
    silent = box.launch("run", "--", "/bin/cat", stdin=reader)
    os.close(reader)
    os.close(writer)
    equal((silent.status, silent.out), (0, b""), "from a silent pipe")
    find(rb"taken as empty", silent.err)


@test
def standard_error_is_separate(box):
    result = box.run("/bin/cat", "/no/such/file", options=["-q"]).expect(1)
    equal(result.out, b"", "standard output")
    find(b"/no/such/file", result.err)


@test
def root_folders_lie_over_the_guests_root(box):
    box.file("top/etc/motd", b"another\n")
    box.file("top/new/folder/file", b"new\n")
    options = ["--root", box.file("top")]
    equal(box.run("/bin/cat", "/etc/motd", "/new/folder/file", options=options).expect().out,
          b"another\nnew\n", "files")
    check(box.run("/bin/ls", "/bin", options=options).expect().out, "the base is still there")


@test
def a_program_from_elsewhere_runs_unmodified(box):
    program = box.compile("foreign.c")
    result = same_as_linux(box, program, "x", "")
    equal(result.status, 7, "status")
    check(b"NOT" not in result.out, result.out.decode())


@test
def a_program_from_elsewhere_runs_in_little_memory(box):
    same_as_linux(box, box.compile("foreign.c"), "x", "", ram="16M", frames=32, swap="8M")


@test
def a_file_that_is_no_program_is_refused(box):
    path = box.file("noise", b"\x00\x01\x02 no program")
    os.chmod(path, 0o755)
    result = box.run(path)
    equal(result.status, 126, "status")
    find("could not start it", result.error_text())


@test
def the_kernel_is_out_of_reach(box):
    """Nothing but faults outside of the program's own areas."""
    find(b"nothing was reachable", same_as_linux(box, "/bin/probe").out)


@test
def hostile_instructions_do_not_stop_the_machine(box):
    result = box.run("/bin/hostile").expect()
    find(b"the parent lives", result.out)


@test
def random_system_calls_do_not_stop_the_machine(box):
    for seed in ("1", "20", "300"):
        result = box.run("/bin/hostile", "--quiet", "--really", "--seed", seed, "--children", "12",
                         "--calls", "200", **SMALL)
        equal(result.status, 0, f"seed {seed}\n{result.error_text()[-800:]}")
        find(b"the parent lives", result.out)


@test
def a_stack_that_never_stops_is_signal_11(box):
    box.run("/bin/stackgrow", "--overflow", ram="32M", swap="32M").expect(139)


@test
def a_thousand_processes_leave_nothing_behind(box):
    """What a process held is all back when it ends."""
    result = box.run("/bin/forkstorm", "--generations", "4", "--children", "5", "--pages", "8",
                     ram="46M", frames=128, swap="32M").expect()
    find(rb" 0 wrong", result.out)


@test
def a_file_five_times_as_large_as_memory(box):
    """Changed pages of files go to swap, by write and by map, and come back."""
    result = box.run("/tests/files-big", "40", ram="8M", swap="64M").expect()
    find(rb"wrong after writing: 0\nwrong after the map: 0\n", result.out)
    check(result["swap_outs"] > 10000, "it went to swap")


# What asks for more locked memory at once than 64 frames are.
MORE_FRAMES = {"advice": 160}


# In these time passes: it is guest instructions, the same on a host that is busy.
TIMED = ("cputime", "jobs", "poll", "signal-calls", "signals", "threads", "timers")


def user_test(name):
    def run(box):
        if not os.path.exists(os.path.join(GUEST_ROOT, "tests", name)):
            raise Skipped("not built")
        with open(os.path.join(USER_TESTS, f"{name}.expected"), "rb") as text:
            expected = text.read()
        small = {**SMALL, "swap": "16M", "frames": MORE_FRAMES.get(name, SMALL["frames"])}
        timing = ["--icount"] if name in TIMED else []
        for settings in ({}, small):
            result = box.run(f"/tests/{name}", options=timing, **settings).expect()
            equal(result.out, expected, f"output with {settings or 'plenty of memory'}")
    run.__name__ = "user_" + name.replace("-", "_")
    return run


for program in sorted(os.listdir(USER_TESTS)):
    if program.endswith(".expected"):
        test(user_test(program[:-len(".expected")]))
