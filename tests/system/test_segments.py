"""Base and limit of processes: where code ends, and what is said of who goes beyond."""

import re

from harness import check, equal, find, test
from test_bochs import BOCHS, need_bochs
from test_dynamic import build

FAULT, REFUSED = "Segmentation fault", "no program gets such a descriptor"
NUMBER = r"0x[0-9a-f]{8}"
WINDOW = rf"\(%s 0x33, base {NUMBER}, limit 0x000003e8\)"
CODE = rf"beyond the end of the code segment \(cs 0x73, base 0x00000000, limit {NUMBER}\)"

# What segprobe prints for each case in Bochs, and what the log says.
CASES = (
    ("read the byte behind the window", FAULT,
     rf"beyond the end of the data segment {WINDOW % 'fs'} at offset 0x000003e8"),
    ("read across the window's end", FAULT,
     rf"beyond the end of the data segment {WINDOW % 'fs'} at offset 0x000003e5"),
    ("read behind a window of one page", FAULT,
     rf"data segment \(fs 0x33, base {NUMBER}, limit 0x00001000\) at offset 0x00001000"),
    ("write to a read-only segment", FAULT,
     rf"a write to the data segment {WINDOW % 'fs'} at offset 0x00000009"),
    ("read with a null selector", FAULT,
     rf"no data segment: a null selector, at offset {NUMBER}"),
    ("read below an expand-down segment", REFUSED, None),
    ("call code on the stack", FAULT, rf"{CODE} at offset 0xbfff[0-9a-f]{{4}}"),
    ("push across the stack segment's end", FAULT,
     rf"beyond the end of the stack segment {WINDOW % 'ss'} at offset 0x000003e6"),
    ("load a segment that is not present", REFUSED, None),
    ("load a selector outside the table", FAULT, r"selector 0x7ff8 cannot be loaded"),
    ("load the kernel's data segment", FAULT, r"selector 0x68 cannot be loaded"),
    ("load a read-only stack segment", FAULT, r"selector 0x30 cannot be loaded"),
    ("call code in the heap", FAULT, rf"{CODE} at offset 0x08[0-9a-f]{{6}}"),
    ("call code in a data map", FAULT, rf"{CODE} at offset 0xb7fff000"),
    ("return to code on the stack", FAULT, rf"{CODE} at offset 0xbfff[0-9a-f]{{4}}"),
    ("call code that is none any more", FAULT, rf"{CODE} at offset 0xb7fff000"),
    ("run off the end of code", FAULT, rf"{CODE} at offset 0x30001000"),
    ("an instruction half behind the end of code", FAULT, rf"{CODE} at offset 0x30001000"),
    ("a signal handler on the stack", FAULT, rf"{CODE} at offset 0xbfff[0-9a-f]{{4}}"),
    ("call code in an executable map", "survived", None),
    ("a system call with null data segments", "survived", None),
)


@test
def segments_end_where_they_say_and_the_log_says_where(box):
    """In Bochs. One line for each that died, in order."""
    need_bochs()
    log = box.file("log")
    result = box.run("/bin/segprobe", options=[*BOCHS, "--log", log]).expect()
    equal(result.out.decode(), "".join(f"{what:44}{outcome}\n" for what, outcome, _ in CASES),
          "output")
    with open(log, encoding="utf-8", errors="replace") as text:
        lines = re.findall(r"\(segprobe\): SIGSEGV \(code 128\) .* address 0x00000000, .*",
                           text.read())
    expected = [line for _, _, line in CASES if line]
    equal(len(lines), len(expected), "number of lines in the log")
    for line, pattern in zip(lines, expected):
        find(pattern, line)


def areas(maps):
    """(start, end, rights, name) of each line of /proc/PID/maps that is in @maps."""
    found = re.findall(r"^([0-9a-f]{8})-([0-9a-f]{8}) (\S{4}) \S+ \S+ \d+ *(.*)$", maps, re.M)
    return [(int(start, 16), int(end, 16), rights, name) for start, end, rights, name in found]


def code_limit(text):
    return int(find(r"(?m)^CodeLimit:\t0x([0-9a-f]{8})$", text).group(1), 16)


def check_segments(text):
    """The limit is the end of code, the same everywhere; what is writable below it is counted."""
    limit = code_limit(text)
    find(rf"(?m)^0x73 +code +0x00000000 +0x{limit:08x} +r-x +pages$", text)
    find(r"(?m)^0x7b +data +0x00000000 +0xc0000000 +rw- +pages$", text)
    equal(limit, max(end for _, end, rights, _ in areas(text) if rights[2] == "x"), "code limit")
    counted = sum(int(size) for size in re.findall(r"ExecBelowLimit: +(\d+) kB", text))
    exposed = sum(min(end, limit) - start for start, end, rights, _ in areas(text)
                  if rights[1] == "w" and start < limit)
    equal(counted * 1024, exposed, "writable bytes below the code limit")
    return limit


FILES = [f"/proc/self/{name}" for name in ("smaps", "segments", "status")]
PRINT = """
#include <stdio.h>
int main(int argc, char **argv) {
    char line[300];
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "r");
        while (fgets(line, sizeof(line), f)) fputs(line, stdout);
        fclose(f);
    }
    return 0;
}
"""


@test
def code_of_a_static_program_ends_with_its_text(box):
    text = box.run("/bin/cat", *FILES).expect().out.decode()
    limit = check_segments(text)
    check(0x08048000 < limit < 0x08100000, f"code limit {limit:#x}")


@test
def code_of_a_dynamic_program_lies_low(box):
    """Libraries below the program, data above: heap, stack and maps cannot be executed."""
    for flags, program in (("-no-pie", 0x08048000), ("-pie", 0x56555000)):
        path = build(box, "shows" + flags, PRINT, flags)
        text = box.run(path, *FILES).expect().out.decode()
        limit = check_segments(text)
        for start, end, _, name in areas(text):
            if ".so" in name:
                check(0x00110000 <= start < end <= 0x08048000, f"{name} at {start:#x}")
            if name in ("[heap]", "[stack]") or start > 0xb0000000:
                check(start >= limit, f"{name or start} below {limit:#x}")
        check(program < limit < program + 0x10000, f"code limit {limit:#x} with {flags}")
        find(r"(?m)^0x33 +local +0x[0-9a-f]{8} +0x100000000 +rw- +pages$", text)


@test
def an_executable_stack_raises_the_code_limit(box):
    path = build(box, "shows", PRINT, "-no-pie", "-z", "execstack")
    text = box.run(path, *FILES).expect().out.decode()
    equal(check_segments(text), 0xc0000000, "code limit")
