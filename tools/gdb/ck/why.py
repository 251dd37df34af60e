"""`ck why`: what an address means, and what an access to it would do.

The answers follow the table on top of mm/fault_plan.c, said a second time here from the same facts.
"""

from __future__ import annotations

from . import frames as frame_table
from . import guest, pages, swap, walk
from .command import Command, plural


class Page:
    """All that is known of one page of one process."""

    def __init__(self, process: guest.Record, va: int) -> None:
        self.process, self.va, self.page = process, va, va & ~0xFFF
        self.space = pages.space_of(process)
        self.walk = walk.translate(process, va)
        self.pte = self.walk.pte or 0
        self.area = pages.area_at(self.space, va)
        self.table = frame_table.Frames()
        self.frame = self.slot = None
        if pages.is_frame(self.pte):
            self.frame = self.table[self.pte >> 12] if self.pte >> 12 < len(self.table) else None
            self.slot = self.frame["slot"] if self.frame and self.table.is_user(self.frame) else 0
        elif pages.is_slot(self.pte):
            self.slot = pages.slot_of(self.pte)

    def index(self) -> int:
        return self.area["index"] + ((self.page - self.area["start"]) >> 12)

    def is_zero_page(self) -> bool:
        return self.frame is not None and self.pte >> 12 == guest.variable("object_zero_pfn")

    def private(self) -> bool:
        return not pages.area_flag(self.area, "VMA_SHARED")

    def keeps_pages(self) -> bool:
        return bool(pages.object_ops(self.area["object"])["keeps_pages"])

    def users(self) -> int:
        """How many entries stand for this private page: mappers and slot references."""
        frame, count = self.frame, 0
        if self.slot:
            slot = swap.Slots()[self.slot]
            count = slot["refs"]
            if frame is None and slot["frame"]:
                frame = self.table[self.table.pfn_of(slot["frame"])]
        return count + (frame["mappers"] if frame is not None else 0)


def is_stack_growth(page: Page) -> str | None:
    """Would the area above grow down to here? Why not, "" if it would, or None: no stack."""
    above = next((a for a in pages.areas(page.space) if a["end"] > page.va), None)
    if above is None or not pages.area_flag(above, "VMA_GROWSDOWN"):
        return None
    if above["end"] - page.page > page.space["stack_limit"]:
        return (f"the stack above it may have {page.space['stack_limit'] >> 10} KiB "
                "(ulimit -s) and would need more")
    below = [a for a in pages.areas(page.space) if a["end"] <= page.page]
    gap = guest.constant("ASPACE_STACK_GAP")
    if below and page.page - below[-1]["end"] < gap:
        return (f"the stack above it must stay {gap >> 10} KiB away from the area that ends at "
                f"0x{below[-1]['end']:08x}")
    return ""


def outside(page: Page) -> str:
    """What an access to an address without an area does."""
    if page.va >= guest.USER_TOP:
        return "SIGSEGV: it is the kernel's, and no entry there has the user bit"
    if page.va < guest.USER_BASE:
        return (f"SIGSEGV: nothing is ever mapped below 0x{guest.USER_BASE:08x}, so that a null "
                "pointer traps")
    stack = is_stack_growth(page)
    if stack == "":
        return "a fault; the stack above grows down to here and gets a page of zeroes"
    return "SIGSEGV: no area covers it" + (f"; {stack}" if stack else "")


def from_object(page: Page, write: bool) -> str:
    """Nothing in the entry: what the area's object gives."""
    if not page.keeps_pages():
        return "a new page of zeroes" if write else "the page of zeroes that all share, read-only"
    copied = page.private() and write
    cut = page.area["fill_end"]
    copied = copied or (cut != 0xFFFFFFFF and cut < (page.index() + 1) << 12)
    known = pages.ObjectPage(page.area["object"], page.index())
    if known.kind == "frame":
        pfn = page.table.pfn_of(known.value)
        return f"a copy of frame {pfn}" if copied else f"frame {pfn}, which has the page already"
    if known.kind == "slot":
        return f"slot {known.value} is read" + (" into a private copy" if copied else "")
    source = pages.object_text(page.area["object"])
    return f"page {page.index()} of {source} is read" + (", into a private copy" if copied else "")


def from_slot(page: Page, write: bool) -> str:
    held = swap.Slots()[page.slot]["frame"]
    if write and page.users() > 1:
        return f"{page.users()} entries share the page: a copy is made of " + \
            (f"frame {page.table.pfn_of(held)}" if held else f"slot {page.slot}")
    if held:
        return (f"frame {page.table.pfn_of(held)} still has the page of slot {page.slot}: "
                "it is mapped")
    return f"the page is read from slot {page.slot} (a major fault)"


def from_frame(page: Page) -> str:
    """A write to a frame that is mapped read-only in an area that may be written."""
    if page.is_zero_page():
        return "it is the page of zeroes that all share: a new page of zeroes replaces it"
    if not page.private():
        return "the area is shared: the entry gets the right to write"
    if page.frame["owner"] == page.table.owner["FRAME_OBJECT"]:
        return f"copy on write: frame {page.pte >> 12} belongs to " \
            f"{pages.object_text(page.frame['object'])} and is copied"
    if page.users() > 1:
        return f"copy on write: {page.users()} entries share frame {page.pte >> 12}, it is copied"
    return "the page is nobody else's any more: the entry gets the right to write"


def verdict(page: Page, write: bool) -> str:
    """What a read or a write from user mode would do."""
    if pages.is_contiguous(page.space) and page.pte & pages.PRESENT:
        return "goes through: the process has one partition under base and limit, always there"
    if page.area is None:
        return outside(page)
    if not page.area["prot"] & (guest.PROT_W if write else 7):
        return f"SIGSEGV: the area's rights are {pages.rights_text(page.area)}"
    size = guest.record("object", page.area["object"])["size_bytes"]
    if page.keeps_pages() and page.index() >= (size >> 12) + (size & 0xFFF != 0):
        return f"SIGBUS: past the end of {pages.object_text(page.area['object'])} ({size} bytes)"
    if page.pte & pages.PRESENT and (page.pte & pages.WRITE or not write):
        return "goes through, no fault"
    if pages.is_slot(page.pte):
        return "a fault: " + from_slot(page, write)
    if page.pte == 0:
        return "a fault: " + from_object(page, write)
    if not page.pte & pages.PRESENT and page.pte & pages.WITHDRAWN:
        return "recorded, then goes through: trace=reference has revoked access for now"
    if not page.pte & pages.PRESENT:
        return "a fault: the entry is hidden (PROT_NONE) though the area allows the access"
    return "a fault: " + from_frame(page)


class Why(Command):
    """ck why [ADDRESS [PID]]: why an access to an address faults, or would.

Which area, which page, in memory or on which slot, who shares it, and what a read and a write by
the program would do now. Without ADDRESS the one of the last page fault (register cr2), without
PID the running process."""

    NAME, USAGE, MOST = "why", "[ADDRESS [PID]]", 2

    def run(self, address: str | None = None, pid: str | None = None) -> None:
        process = pages.find_process(pid)
        va = guest.number(address) if address is not None else guest.register("cr2")
        page = Page(process, va)
        last = " (the last page fault's address)" if va == guest.register("cr2") else ""
        print(f"{pages.process_text(process)}, address 0x{va:08x}{last}")
        self.show_area(page)
        if va < guest.USER_TOP:
            self.show_page(page)
        else:
            self.show_kernel(page)
        print(f"read     {verdict(page, False)}")
        print(f"write    {verdict(page, True)}")

    @staticmethod
    def show_area(page: Page) -> None:
        area = page.area
        if area is not None:
            kind = "private" if page.private() else "shared"
            print(f"area     {area['start']:08x}-{area['end']:08x} {pages.rights_text(area)} "
                  f"{kind}, {pages.object_text(area['object'])}"
                  + (f" page {page.index()}" if page.keeps_pages() else ""))
            return
        below = [a for a in pages.areas(page.space) if a["end"] <= page.va]
        above = next((a for a in pages.areas(page.space) if a["start"] > page.va), None)
        near = [f"{text} {a['start']:08x}-{a['end']:08x}"
                for text, a in (("below", below[-1] if below else None), ("above", above)) if a]
        print("area     none; " + "; ".join(near))

    @staticmethod
    def show_kernel(page: Page) -> None:
        physical = page.walk.physical()
        print("page     " + (f"the kernel's, frame {physical >> 12}" if physical is not None
                             else "the kernel's, and nothing is mapped there"))

    def show_page(self, page: Page) -> None:
        if page.walk.pte is None:
            print("page     has no page table: never in memory")
            return
        print(f"page     entry at physical 0x{page.walk.pte_at:08x} = 0x{page.pte:08x}: "
              f"{pages.entry_text(page.pte)}")
        if page.is_zero_page():
            print("frame    the page of zeroes that all share")
        elif page.frame is not None:
            print(f"frame    {page.pte >> 12}: {frame_table.state_text(page.table, page.frame)}, "
                  f"{plural(page.frame['mappers'], 'mapper')}, "
                  f"{plural(page.frame['pins'], 'pin')}"
                  + (f"; slot {page.slot} has a copy" if page.slot else ""))
        self.show_sharers(page)

    @staticmethod
    def show_sharers(page: Page) -> None:
        others, spaces = [], pages.Spaces()
        if page.frame is not None and page.table.is_user(page.frame):
            for pmap, va, _ in frame_table.mappers(page.table, page.frame):
                if (guest.container(pmap, "aspace", "pmap"), va) != (page.space.address, page.page):
                    others.append(f"{spaces.name_of_pmap(pmap)} at 0x{va:08x}")
        if page.slot:
            own = f"{spaces.name(page.space.address)} at 0x{page.page:08x}"
            others += [f"{text} (on slot {page.slot})" for text in swap.names().get(page.slot, [])
                       if text != own]
        if others:
            print("shared   with " + ", ".join(others[:8])
                  + (f" and {len(others) - 8} more" if others[8:] else ""))
