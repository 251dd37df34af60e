"""The kernel's page tables, by the kernel's own walk and by QEMU's, are the same.

The emulator's MMU does not ask pmap.c; so what `info tlb` lists and what pmap_lookup answers agree
only if the entries mean to the hardware what the kernel believes. See gdb_crosscheck.py.
"""

import json
import os
import re

from harness import check, equal, test
from test_gdb import debug, gdb_said

USER_TOP = 0xC0000000
PMAP_FRAME, PROT_R, PROT_W = 1, 1, 2
WRITE, USER, ACCESSED, DIRTY, LARGE = 2, 4, 1 << 5, 1 << 6, 1 << 7


def points_of(box, stop, every, *words, options=()):
    """What gdb_crosscheck.py saw at each point, and what the program printed."""
    out = box.file("crosscheck.json")
    result = debug(box, "gdb_crosscheck.py", *words, options=options, env={
        "CLOCKHAND_CROSSCHECK_OUT": out, "CLOCKHAND_CROSSCHECK_STOP": stop,
        "CLOCKHAND_CROSSCHECK_EVERY": str(every)})
    check(os.path.exists(out), f"{gdb_said(box)[-800:]} {result.error_text()[-800:]}")
    with open(out, encoding="ascii") as points:
        return json.load(points), result.out


def tlb(seen):
    """Address -> (physical address, writable, user, accessed, dirty) by QEMU."""
    found = {}
    lines = re.findall(r"(?m)^([0-9a-f]+): ([0-9a-f]+) (\S{9})\r?$", seen["tlb"])
    for va, physical, flags in lines:
        found[int(va, 16)] = (int(physical, 16), "W" in flags, "U" in flags, "A" in flags,
                              "D" in flags)
    return found


def user_half(pages):
    return {va: facts for va, facts in pages.items() if va < USER_TOP}


def by_kernel(seen):
    """The same by pmap_next and pmap_lookup; what nobody may touch is not for the MMU."""
    return {va: (number << 12, bool(prot & PROT_W), True, bool(accessed), bool(dirty))
            for va, kind, prot, accessed, dirty, number in seen["kernel"]
            if kind == PMAP_FRAME and prot & PROT_R}


def by_ck(seen):
    """The same by `ck`, both halves."""
    return {va: (physical, bool(entry & WRITE), bool(entry & USER), bool(entry & ACCESSED),
                 bool(entry & DIRTY)) for va, physical, entry in seen["outside"]}


def ranges(pages):
    """`info mem` of a map: neighbours with equal rights are one line."""
    lines, start, end, rights = [], None, None, None
    for va, (_, write, _, _, _) in sorted(pages.items()):
        if va == end and write == rights:
            end += 4096
            continue
        if start is not None:
            lines.append((start, end, "urw" if rights else "ur-"))
        start, end, rights = va, va + 4096, write
    return lines + [(start, end, "urw" if rights else "ur-")] if pages else lines


def mem(seen):
    found = [(int(start, 16), int(end, 16), rights) for start, end, rights in
             re.findall(r"(?m)^([0-9a-f]+)-([0-9a-f]+) [0-9a-f]+ (\S{3})", seen["mem"])]
    return [line for line in found if line[0] < USER_TOP]


def differ(ours, theirs, what):
    """Both ways: nothing missing in either, and everything equal."""
    wrong = [f"0x{va:08x}: {ours.get(va)}, not {theirs.get(va)}"
             for va in sorted(set(ours) | set(theirs)) if ours.get(va) != theirs.get(va)]
    check(not wrong, f"{what}: {len(wrong)} pages differ: {'; '.join(wrong[:5])}")


def agree(seen, where):
    what = f"{seen['name']} at point {where}"
    equal(seen["cr3"], seen["directory"], f"{what}: cr3")
    qemu = tlb(seen)
    differ(by_kernel(seen), user_half(qemu), f"{what}, pmap_lookup and info tlb")
    differ(by_ck(seen), qemu, f"{what}, ck and info tlb")
    equal(ranges(by_kernel(seen)), mem(seen), f"{what}, info mem")
    return len(user_half(qemu))


@test
def page_tables_are_what_the_emulator_walks(box):
    """Under memory pressure: five processes in 64 frames."""
    points, out = points_of(box, "fault_handle", 150, "/tests/page-parallel",
                            options=["--frames", "64"])
    equal(len(points), 4, "points of the run")
    equal(max(len(spaces) for spaces in points), 5, "processes")
    pages = sum(agree(seen, i) for i, spaces in enumerate(points) for seen in spaces)
    swapped = sum(kind == 2 for spaces in points for seen in spaces
                  for _, kind, *_ in seen["kernel"])
    check(pages > 150 and swapped > 150, f"only {pages} pages and {swapped} slots were compared")
    equal(out, b"4 of 4 processes have what they wrote\n", "output, after all that")


@test
def hidden_shared_and_file_pages_are_what_the_emulator_walks(box):
    """The scene: three processes with a page that is there and that nobody may touch."""
    program = box.compile("scene.c")
    points, _ = points_of(box, "aspace_advise", 1, program)
    check(len(points) >= 3, f"{len(points)} points")
    for i, spaces in enumerate(points):
        equal(len(spaces), 3, "processes")
        for seen in spaces:
            agree(seen, i)
            hidden = [va for va, kind, prot, *_ in seen["kernel"]
                      if kind == PMAP_FRAME and prot == 0]
            equal(hidden, [0x50003000], "pages nobody may touch")
