"""`ck walk` and `ck pte`: one translation, step by step."""

from __future__ import annotations

import gdb

from . import guest, pages
from .command import Command


def translate(process: guest.Record, va: int) -> pages.Walk:
    """The walk of a program's address."""
    space = pages.space_of(process)
    return pages.Walk(space["pmap.directory"], pages.linear(space, va))


class WalkCommand(Command):
    """ck walk PID ADDRESS: the translation of an address as the MMU does it, from physical memory.

Directory entry, table entry, each bit by its name, the physical address. Where it ends early: on
which slot the page is, or what the process's area says. Kernel addresses work too."""

    NAME, USAGE, LEAST, MOST = "walk", "PID ADDRESS", 2, 2

    def run(self, pid: str, address: str) -> None:
        process, va = pages.find_process(pid), guest.number(address)
        walk = translate(process, va)
        print(f"{pages.process_text(process)}: address 0x{va:08x} is directory entry {walk.slot}, "
              f"table entry {walk.index}, byte 0x{va & 0xfff:03x}")
        segment = pages.segment_text(pages.space_of(process))
        if segment:
            print(f"{segment}: linear address 0x{walk.va:08x}")
        used = guest.register("cr3") & ~0xFFF == walk.directory
        print(f"directory   physical 0x{walk.directory:08x} ("
              + ("cr3: it is in force)" if used else "not in force now)"))
        self.show_directory(walk)
        if walk.pte is not None:
            self.show_table(walk)
        physical = walk.physical()
        if physical is not None:
            print(f"address     physical 0x{physical:08x}: frame {physical >> 12}, "
                  f"byte 0x{physical & 0xfff:03x}")
        elif va < guest.USER_TOP:
            self.show_area(process, va)

    @staticmethod
    def show_directory(walk: pages.Walk) -> None:
        print(f"  entry {walk.slot:<4}  physical 0x{walk.pde_at:08x} = 0x{walk.pde:08x}")
        if not walk.pde & pages.PRESENT:
            print("              not present: no page of these 4 MiB was ever in memory")
        elif walk.pde & pages.LARGE:
            print(f"              {pages.bits_text(walk.pde)}; a page of 4 MiB at "
                  f"0x{walk.pde & 0xffc00000:08x}")
        else:
            print(f"              {pages.bits_text(walk.pde)}")
            print(f"table       physical 0x{walk.pde & 0xfffff000:08x}")

    @staticmethod
    def show_table(walk: pages.Walk) -> None:
        print(f"  entry {walk.index:<4}  physical 0x{walk.pte_at:08x} = 0x{walk.pte:08x}")
        if walk.pte == 0:
            print("              nothing there")
        elif pages.is_slot(walk.pte):
            print(f"              not present: the page is on slot {pages.slot_of(walk.pte)} "
                  "of the swap area")
        else:
            print(f"              {pages.bits_text(walk.pte)}; frame {walk.pte >> 12}")

    @staticmethod
    def show_area(process: guest.Record, va: int) -> None:
        space = pages.space_of(process)
        area = pages.area_at(space, va)
        if area is None:
            print("area        none: an access is an error (`ck why` says more)")
        else:
            print(f"area        {area['start']:08x}-{area['end']:08x} {pages.rights_text(area)} "
                  f"{pages.object_text(area['object'])}")


class Pte(Command):
    """ck pte PID ADDRESS: where the address's page-table entry is, for `watch`.

Prints its kernel address and leaves it in $pte, so `watch *$pte` stops at the next change and,
where the run was recorded (`make debug-replay`), `reverse-continue` at the last."""

    NAME, USAGE, LEAST, MOST = "pte", "PID ADDRESS", 2, 2

    def run(self, pid: str, address: str) -> None:
        process, va = pages.find_process(pid), guest.number(address)
        walk = translate(process, va)
        if walk.pte_at is None:
            guest.fail(no_table(walk, va))
        kernel_address = guest.KERNEL_BASE + walk.pte_at
        gdb.execute(f"set $pte = (unsigned int *) 0x{kernel_address:08x}")
        print(f"$pte = (unsigned int *) 0x{kernel_address:08x}, physical 0x{walk.pte_at:08x}: "
              f"0x{walk.pte:08x}, {pages.entry_text(walk.pte)}")


def no_table(walk: pages.Walk, va: int) -> str:
    if walk.pde & pages.LARGE and walk.pde & pages.PRESENT:
        return f"0x{va:08x} lies in a page of 4 MiB and has no table entry"
    return (f"0x{va:08x} has no page table: no page of these 4 MiB was ever in memory. "
            f"`tbreak pmap_map if va == 0x{va & ~0xfff:x}` and `continue` stop when it comes")
