"""What a person reads when something has gone wrong: a program's end, and a panic."""

from harness import check, equal, find, test

SIGSEGV_STATUS = 139
# How it goes wrong -> what the line in the log says of it.
WRONGS = {
    "member": r"address 0x00000018.*: no memory there: a write of NULL \+ 0x18$",
    "small": r"address 0x00008000.*: a write of NULL \+ 0x8000: below 0x10000 nothing is ever",
    "heap": r": no memory there: a write 12 KiB behind the end of \[heap\]$",
    "literal": r": access not allowed: a write in r-.p of \S+/wrong, at \+0x[0-9a-f]+$",
    "kernel": r"address 0xc0100000.*: no memory there: a read in the kernel's half",
    "far": r": no memory there: a read far from everything that is mapped$",
    "jump": r"eip 0x00000018.*: no memory there: a jump of NULL \+ 0x18$",
    "stack": r": a write \d+ (KiB|bytes) below the stack: it has reached its limit of 8 MiB$",
}


def log_of(box, *words, options=()):
    """(result, the kernel's log)."""
    path = box.file("log")
    result = box.run(*words, options=["--log", path, *options])
    with open(path, encoding="utf-8") as log:
        return result, log.read()


@test
def a_program_that_goes_wrong_gets_a_clear_line(box):
    program = box.compile("wrong.c")
    for how, line in WRONGS.items():
        result, log = log_of(box, program, how)
        equal(result.expect(SIGSEGV_STATUS)["signal"], 11, f"{how}: signal")
        told = [text for text in log.split("\n") if "SIGSEGV" in text]
        equal(len(told), 1, f"{how}: lines about it")
        find(line, told[0].rstrip("\r"))
    result, log = log_of(box, program, "not at all")
    result.expect(7)
    check("SIGSEGV" not in log, "a sound program is complained about")


@test
def a_panic_says_what_happened_and_to_whom(box):
    """A fault of the kernel while a program runs, with the last faults recorded."""
    words = ("/bin/sh", "-c", "echo c > /proc/sysrq-trigger; echo still here")
    result, log = log_of(box, *words, options=["--append", "test=sysrq trace=fault"])
    equal(result.status, 126, "status")
    equal(result["outcome"], "panic", "outcome")
    report = log[log.index("panic: "):].replace("\r", "")
    find(r"^panic: page fault in the kernel: write to 00000010\n", report)
    find(r"while running pid 2 \(echo\)", report)
    find(r"\neip [0-9a-f]{8}  cs  0060 .*vector 14 error 2\n", report)
    find(r"stack trace:\n  [0-9a-f]{8} failtest_(null_write|crash)\+0x", report)
    find(r"\n  [0-9a-f]{8} proc_write\+0x", report)
    find(r"\n  [0-9a-f]{8} syscall_enter\+0x", report)
    find(r"\ncr2 00000010 is NULL \+ 0x10\n", report)
    areas = find(r"process: pid 2 \(echo\), (\d+) pages resident, 0 on swap, (\d+) areas\n"
                 r"((?:  .*\n)+)", report)
    check(int(areas.group(1)) > 2, "resident pages")
    equal(areas.group(3).count("\n"), int(areas.group(2)), "areas told")
    find(r"08049000-[0-9a-f]{8} r-x /bin/echo\n", areas.group(3))
    find(r"[0-9a-f]{8}-c0000000 rw. \[stack\]\n", areas.group(3))
    equal(len(find(r"((?:trace: fault .*\n)+)", report).group(1).split("\n")), 9, "events")
    find(r"what next:\n(.*\n)*.*addr2line(.*\n)*.*clockhand debug(.*\n)*.*ck why 0x10", report)
    find(r"cr2 00000010 is NULL \+ 0x10", result.error_text())


@test
def a_panic_knows_the_kernels_own_addresses(box):
    for word, what in (("code_write", r"cr2 \w+ is the kernel's code, failtest_run\+0x0: not to"),
                       ("stack_overflow", r"cr2 \w+ is the guard page below the kernel range at"),
                       ("null_write", r"cr2 00000010 is NULL \+ 0x10")):
        result, log = log_of(box, "/bin/true", options=["--append", f"test={word}"])
        equal(result.status, 126, f"{word}: status")
        find(what, log)
        find(r"process: none; the kernel itself was running", log)


@test
def nobody_panics_the_machine_by_a_file(box):
    """/proc/sysrq-trigger refuses unless the command line has allowed it."""
    result = box.run("/bin/sh", "-c", "cat /etc/motd > /proc/sysrq-trigger; echo still here",
                     options=["--append", "memmap"])
    result.expect()
    find(rb"still here", result.out)
