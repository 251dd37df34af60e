"""`ck break-evict`: stop when one page leaves memory.

Every change of a page is a write to its page-table entry, so a hardware watchpoint on the entry
sees the eviction and costs nothing while other pages come and go. Which change it is, the stack
says: an eviction is one under reclaim_evict.
"""

from __future__ import annotations

import gdb

from . import guest, pages, walk
from .command import Command

EVICTING = ("reclaim_evict", "reclaim_evict_held", "victim_unmap")


def evicting() -> bool:
    """Is reclaim_evict among the functions that are active?"""
    frame = gdb.newest_frame()
    while frame is not None:
        if frame.name() in EVICTING:
            return True
        try:
            frame = frame.older()
        except gdb.error:
            return False
    return False


class Eviction(gdb.Breakpoint):
    """A watchpoint on one entry that stops only where reclaim takes its frame away."""

    def __init__(self, process: guest.Record, va: int, entry: int) -> None:
        super().__init__(f"*(unsigned int *) 0x{entry:08x}", gdb.BP_WATCHPOINT, gdb.WP_WRITE)
        self.who, self.va, self.entry = pages.process_text(process), va, entry
        self.was = guest.word(entry)

    def stop(self) -> bool:
        was, self.was = self.was, guest.word(self.entry)
        if not pages.is_frame(was) or pages.is_frame(self.was) or not evicting():
            return False
        print(f"page 0x{self.va:08x} of {self.who} is being evicted from frame {was >> 12}")
        return True


class BreakEvict(Command):
    """ck break-evict PID ADDRESS: stop when this very page is evicted.

A breakpoint like others (`info breakpoints`, `delete`). It uses one of the four hardware
watchpoints, and lasts while the process keeps the page table: delete it when the process ends. It
stops right after the entry has lost the frame; the frame still has the page, `bt` says who wanted
room, `finish` lets the eviction go on."""

    NAME, USAGE, LEAST, MOST = "break-evict", "PID ADDRESS", 2, 2

    def run(self, pid: str, address: str) -> None:
        process, va = pages.find_process(pid), guest.number(address) & ~0xFFF
        if va >= guest.USER_TOP:
            guest.fail(f"0x{va:08x} is the kernel's: its pages are never evicted")
        step = walk.translate(process, va)
        if step.pte_at is None:
            guest.fail(walk.no_table(step, va))
        stop = Eviction(process, va, guest.KERNEL_BASE + step.pte_at)
        print(f"Breakpoint {stop.number}: eviction of page 0x{va:08x} of {stop.who}, now "
              f"{pages.entry_text(step.pte)}")
