"""Invariants of address spaces: page tables and areas."""

from __future__ import annotations

from typing import Iterator

from . import guest, pages
from .check import differ, invariant
from .facts import Facts


def each_table(facts: Facts) -> Iterator[tuple[guest.Record, int, int, list[int]]]:
    """(space, directory index, page-table frame's number, its words)."""
    for space in facts.spaces.all:
        for slot, pde, table in pages.tables(space["pmap.directory"]):
            if table is not None:
                yield space, slot, pde >> 12, table


@invariant("[pmap.1]", "a table's live count is the number of its entries that are not none")
def pmap_1(facts: Facts) -> Iterator[str]:
    for space, slot, pfn, table in each_table(facts):
        live = sum(pte != 0 for pte in table)
        yield from differ(f"{facts.spaces.name(space.address)}: entries of table {slot}", live,
                          facts.frames[pfn]["live"])


@invariant("[pmap.2]", "resident and swapped are the numbers of frame and slot entries")
def pmap_2(facts: Facts) -> Iterator[str]:
    for space in facts.spaces.all:
        name = facts.spaces.name(space.address)
        entries = facts.entries[space.address]
        resident = sum(pages.is_frame(pte) for _, pte, _ in entries)
        yield from differ(f"{name}: resident pages", resident, space["pmap.resident"])
        yield from differ(f"{name}: swapped pages", len(entries) - resident, space["pmap.swapped"])


@invariant("[pmap.3]", "a table's frame names its pmap and the addresses it translates")
def pmap_3(facts: Facts) -> Iterator[str]:
    kind = facts.frames.owner["FRAME_TABLE"]
    for space, slot, pfn, _ in each_table(facts):
        frame = facts.frames[pfn]
        if (frame["owner"], frame["pmap"], frame["table_index"]) != (
                kind, space.at("pmap"), slot):
            yield f"{facts.spaces.name(space.address)}: table {slot} in frame {pfn} is another's"


@invariant("[pmap.4]", "entries are user entries inside user space: no large page, no global bit")
def pmap_4(facts: Facts) -> Iterator[str]:
    for space in facts.spaces.all:
        for slot, pde, table in pages.tables(space["pmap.directory"]):
            if table is None:
                yield f"{facts.spaces.name(space.address)}: directory entry {slot} is a large page"
        for va, pte, _ in facts.entries[space.address]:
            if va < guest.USER_BASE:
                yield f"{facts.who(space, va)}: below user space"
            elif pages.is_frame(pte) and (not pte & pages.USER or pte & pages.GLOBAL):
                yield f"{facts.who(space, va)}: 0x{pte:08x} is no user entry"


@invariant("[pmap_kernel.1]", "no entry of the kernel half has the user bit")
def pmap_kernel_1(facts: Facts) -> Iterator[str]:
    for slot, pde, table in kernel_tables():
        if pde & pages.USER:
            yield f"directory entry {slot} = 0x{pde:08x}"
        for index, pte in enumerate(table or ()):
            if pte & pages.PRESENT and pte & pages.USER:
                yield f"0x{slot << 22 | index << 12:08x} = 0x{pte:08x}"


@invariant("[pmap_kernel.2]", "text and read-only data are mapped without the write bit")
def pmap_kernel_2(facts: Facts) -> Iterator[str]:
    start, end = guest.variable("readonly_start"), guest.variable("readonly_end")
    directory = guest.variable("kernel_directory")
    for physical in range(start, end, guest.PAGE):
        step = pages.Walk(directory, guest.KERNEL_BASE + physical)
        bits = step.pde if step.pte is None else step.pte
        if bits & pages.WRITE or step.physical() != physical:
            yield f"0x{guest.KERNEL_BASE + physical:08x} = 0x{bits:08x}"


def kernel_tables() -> Iterator[tuple[int, int, list[int] | None]]:
    return pages.tables(guest.variable("kernel_directory"), pages.USER_TABLES, pages.ENTRIES)


@invariant("[outside.1]", "the kernel half is the same in every directory")
def outside_1(facts: Facts) -> Iterator[str]:
    noted = pages.ACCESSED | pages.DIRTY  # the MMU's, in the directory that is in force
    kernel = pages.physical_page(guest.variable("kernel_directory"))
    for space in facts.spaces.all:
        own = pages.physical_page(space["pmap.directory"])
        for slot in range(pages.USER_TABLES, pages.ENTRIES):
            if (own[slot] ^ kernel[slot]) & ~noted:
                yield f"{facts.spaces.name(space.address)}: directory entry {slot}"


@invariant("[outside.2]", "every process's address space is on the list of all, and referenced")
def outside_2(facts: Facts) -> Iterator[str]:
    known = {space.address: space for space in facts.spaces.all}
    for pointer, users in facts.spaces.users.items():
        if pointer == 0:
            continue
        if pointer not in known:
            yield f"{pages.process_text(users[0])}: 0x{pointer:08x} is no address space"
        elif known[pointer]["refs"] < len(users):
            yield f"{pages.process_text(users[0])}: {len(users)} users, " \
                f"{known[pointer]['refs']} references"


# --- areas ---

@invariant("[vma.1]", "areas are not empty, page aligned, inside user space")
def vma_1(facts: Facts) -> Iterator[str]:
    for space, area in each_area(facts):
        start, end = area["start"], area["end"]
        # In a partition addresses begin at its base.
        lowest = 0 if pages.is_contiguous(space) else guest.USER_BASE
        if not lowest <= start < end <= guest.USER_TOP or (start | end) & 0xFFF:
            yield f"{facts.who(space, start)}: ends at 0x{end:08x}"


@invariant("[vma.2]", "areas do not overlap and stand in the order of their addresses")
def vma_2(facts: Facts) -> Iterator[str]:
    for space in facts.spaces.all:
        end = 0
        for area in facts.areas[space.address]:
            if area["start"] < end:
                yield f"{facts.who(space, area['start'])}: the area before it ends at 0x{end:08x}"
            end = area["end"]


@invariant("[vma.3]", "every area has an object; count and npages are sums over the areas")
def vma_3(facts: Facts) -> Iterator[str]:
    for space in facts.spaces.all:
        areas, name = facts.areas[space.address], facts.spaces.name(space.address)
        npages = sum((area["end"] - area["start"]) >> 12 for area in areas)
        yield from differ(f"{name}: areas", len(areas), space["areas.count"])
        yield from differ(f"{name}: pages of areas", npages, space["areas.npages"])
        for area in areas:
            if area["object"] == 0 or guest.record("object", area["object"])["refs"] == 0:
                yield f"{facts.who(space, area['start'])}: no object"


def each_area(facts: Facts) -> Iterator[tuple[guest.Record, guest.Record]]:
    for space in facts.spaces.all:
        for area in facts.areas[space.address]:
            yield space, area


# --- areas and tables together ---

def each_entry(facts: Facts) -> Iterator[tuple[guest.Record, guest.Record | None, int, int]]:
    """(space, its area or None, va, entry) of spaces that have areas."""
    for space in facts.spaces.all:
        if pages.is_contiguous(space):
            continue
        areas, at = facts.areas[space.address], 0
        for va, pte, _ in facts.entries[space.address]:
            while at < len(areas) and areas[at]["end"] <= va:
                at += 1
            inside = at < len(areas) and areas[at]["start"] <= va
            yield space, areas[at] if inside else None, va, pte


@invariant("[space.2]", "no entry lies outside an area")
def space_2(facts: Facts) -> Iterator[str]:
    for space, area, va, pte in each_entry(facts):
        if area is None:
            yield f"{facts.who(space, va)}: entry 0x{pte:08x}"


@invariant("[space.3]", "a writable entry of a private area has a frame with no other user")
def space_3(facts: Facts) -> Iterator[str]:
    for space, area, va, pte in each_entry(facts):
        if area is None or not pte & pages.PRESENT or not pte & pages.WRITE:
            continue
        if pages.area_flag(area, "VMA_SHARED"):
            continue
        frame = facts.frames[pte >> 12]
        others = facts.slots[frame["slot"]]["refs"] if frame["slot"] and facts.slots else 0
        if frame["owner"] != facts.anon or len(facts.mapped[pte >> 12]) != 1 or others:
            yield (f"{facts.who(space, va)}: frame {pte >> 12} is writable, and "
                   f"{len(facts.mapped[pte >> 12]) + others} entries stand for it")


@invariant("[space.4]", "no entry allows what its area forbids")
def space_4(facts: Facts) -> Iterator[str]:
    for space, area, va, pte in each_entry(facts):
        if area is None or not pte & pages.PRESENT:
            continue
        if area["prot"] == 0 or (pte & pages.WRITE and not area["prot"] & guest.PROT_W):
            yield f"{facts.who(space, va)}: 0x{pte:08x} in an area {pages.rights_text(area)}"
