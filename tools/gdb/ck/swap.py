"""`ck swap`: the slots of the swap area, and who names each."""

from __future__ import annotations

from . import frames as frame_table
from . import guest, pages
from .command import Command, plural


class Slots:
    """The kernel's table of slots, read once."""

    def __init__(self) -> None:
        self.stats = guest.variable_record("swap_stats", "swap_stats")
        self.count = guest.variable("swap_nslots") + 1
        self.shape = guest.layout("slot")
        self.address = guest.variable("slots")
        if self.address == 0:
            guest.fail("there is no swap area: the machine was started without one (--swap)")
        self.data = guest.read(self.address, self.count * self.shape.size)
        self.map = guest.read(guest.variable("slot_taken"), (self.count + 31) // 32 * 4)

    def taken(self, number: int) -> int:
        return self.map[number // 8] >> number % 8 & 1

    def __getitem__(self, number: int) -> guest.Record:
        base = number * self.shape.size
        return guest.Record(self.shape, self.data, base, self.address + base)


def names() -> dict[int, list[str]]:
    """Slot -> texts of what names it: page-table entries and pages of objects."""
    found, spaces = {}, pages.Spaces()
    for space in spaces.all:
        for va, pte in pages.entries(space["pmap.directory"]):
            if pages.is_slot(pte):
                text = f"{spaces.name(space.address)} at 0x{va:08x}"
                found.setdefault(pages.slot_of(pte), []).append(text)
    for pointer in objects(spaces):
        for index, entry in pages.object_pages(guest.record("object", pointer)):
            if entry & 1:
                text = f"page {index} of {pages.object_text(pointer)}"
                found.setdefault(entry >> 1, []).append(text)
    return found


def objects(spaces: pages.Spaces) -> set[int]:
    """Every object that can be reached: by areas, by files, by shared memory, by its frames."""
    found = set()
    for space in spaces.all:
        found.update(area["object"] for area in pages.areas(space))
    offset = guest.layout("inode").fields["object"][0]
    for inode in guest.members(guest.address_of("inode_all"), "inode", "all"):
        if inode["object.ops"]:
            found.add(inode.address + offset)
    for entry in guest.members(guest.address_of("shm_segments"), "shm_entry", "link"):
        found.add(entry.at("segment.object"))
    table = frame_table.Frames()
    kind = table.owner["FRAME_OBJECT"]
    held = {table[pfn]["object"] for pfn, owner in enumerate(table.column("owner"))
            if owner == kind and table.is_user(table[pfn])}
    return found | held - {0}


class Swap(Command):
    """ck swap [SLOT]: the swap area: how full, what was read and written, each slot in use.

With SLOT that one alone: its references as the kernel counts them, and everything found in page
tables and objects that names it. Without, at most 40 are listed."""

    NAME, USAGE, MOST = "swap", "[SLOT]", 1
    LISTED = 40

    def run(self, text: str | None = None) -> None:
        slots, table = Slots(), frame_table.Frames()
        if text is None:
            self.show_all(slots, table)
            return
        number = guest.number(text)
        if not 0 < number < slots.count:
            guest.fail(f"there is no slot {number}: they are 1 to {slots.count - 1}")
        if not slots.taken(number):
            print(f"slot {number}: free")
            return
        self.show(slots, table, number, names().get(number, []))

    def show_all(self, slots: Slots, table: frame_table.Frames) -> None:
        stats = slots.stats
        taken = [number for number in range(1, slots.count) if slots.taken(number)]
        print(f"swap: {len(taken):,} of {slots.count - 1:,} slots in use, {stats['reads']:,} read, "
              f"{stats['writes']:,} written, {plural(stats['errors'], 'error')}")
        who = names() if taken else {}
        for number in taken[:self.LISTED]:
            self.show(slots, table, number, who.get(number, []))
        if taken[self.LISTED:]:
            print(f"... and {len(taken) - self.LISTED:,} more; `ck swap SLOT` shows one")

    @staticmethod
    def show(slots: Slots, table: frame_table.Frames, number: int, who: list[str]) -> None:
        slot = slots[number]
        pfn = table.pfn_of(slot["frame"]) if slot["frame"] else None
        held = f"; frame {pfn} holds the same page" if pfn is not None else ""
        by = ": " + ", ".join(who[:4]) + (f" and {len(who) - 4} more" if who[4:] else "") \
            if who else ""
        print(f"slot {number}: {plural(slot['refs'], 'reference')}{by}{held}")
