"""Run inside gdb (`-x`): page tables of every process by the kernel's own walk, and by QEMU's.

At several points of a run (at every CLOCKHAND_CROSSCHECK_EVERYth call of the function
CLOCKHAND_CROSSCHECK_STOP with at least PROCESSES address spaces) the machine is stopped. For each
space its directory is put into CR3 and QEMU asked what that translates (`info tlb`, `info mem`),
and the kernel's functions pmap_next and pmap_lookup are called in the guest for the same space. The
third walk is the one of `ck`, over kernel and user half. test_crosscheck.py compares the three.
"""

import json
import os
import sys

import gdb

from ck import pages

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from gdb_kernel import KernelCalls, number, run_on  # noqa: E402

STOP = os.environ["CLOCKHAND_CROSSCHECK_STOP"]
EVERY = int(os.environ["CLOCKHAND_CROSSCHECK_EVERY"])
POINTS = 4
PROCESSES = 3
USER_TOP = 0xC0000000


def kernel_walk(calls, pmap):
    """(address, kind, rights, accessed, dirty, number) of each entry the kernel finds."""
    found, at = [], calls.call("pmap_next", pmap, 0x10000, USER_TOP)[0]
    while at < USER_TOP:
        facts, value = calls.call("pmap_lookup", pmap, at)
        kind, prot, accessed, dirty = facts.to_bytes(4, "little")
        found.append((at, kind, prot, accessed, dirty, value))
        at = calls.call("pmap_next", pmap, at + 4096, USER_TOP)[0] if at + 4096 < USER_TOP \
            else USER_TOP
    return found


def outside_walk(directory):
    """(address, physical address, entry) of each page the tables translate, by `ck`."""
    found = []
    for slot, pde, table in pages.tables(directory, 0, 1024):
        if table is None:
            found.append((slot << 22, pde & 0xFFC00000, pde))
        for index, pte in enumerate(table or ()):
            if pte & pages.PRESENT:
                found.append((slot << 22 | index << 12, pte & 0xFFFFF000, pte))
    return found


def look(space):
    directory = space["pmap.directory"]
    before = number("$cr3")
    gdb.execute(f"set $cr3 = {directory:#x}")
    seen = {"tlb": gdb.execute("monitor info tlb", to_string=True),
            "mem": gdb.execute("monitor info mem", to_string=True),
            "cr3": number("$cr3")}
    gdb.execute(f"set $cr3 = {before:#x}")
    with KernelCalls() as calls:
        seen["kernel"] = kernel_walk(calls, space.at("pmap"))
    seen["outside"] = outside_walk(directory)
    seen["name"], seen["directory"] = pages.Spaces().name(space.address), directory
    return seen


def spaces():
    return pages.Spaces().all


def main():
    points = []
    gdb.execute("continue")  # to kernel_main
    gdb.execute("delete")
    stop = gdb.Breakpoint(STOP, gdb.BP_HARDWARE_BREAKPOINT)
    running = True
    while len(points) < POINTS:
        running = run_on()
        if not running:
            break
        if len(spaces()) < PROCESSES:
            continue
        stop.enabled = False
        points.append([look(space) for space in spaces()])
        stop.enabled = True
        stop.ignore_count = EVERY - 1
    stop.delete()
    if running:
        run_on()
    with open(os.environ["CLOCKHAND_CROSSCHECK_OUT"], "w", encoding="utf-8") as out:
        json.dump(points, out)


main()
