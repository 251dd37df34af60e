"""What `ck check` looks at, read from the machine once, and each part only when it is wanted."""

from __future__ import annotations

import functools
from typing import Sequence

from . import frames as frame_table
from . import guest, pages, swap


class Facts:
    """The state of memory as it stands. Parts that cannot be read raise GdbError."""

    def __init__(self) -> None:
        self.frames = frame_table.Frames()
        self.stats = guest.variable_record("frame_stats", "frame_stats")
        self.max_order = guest.constant("FRAME_MAX_ORDER")
        self.columns = {}
        state, owner = self.frames.state, self.frames.owner
        self.reserved, self.free = state["FRAME_RESERVED"], state["FRAME_FREE"]
        self.owned, self.evictable = state["FRAME_OWNED"], state["FRAME_EVICTABLE"]
        self.anon, self.object = owner["FRAME_ANON"], owner["FRAME_OBJECT"]
        self.flag = {name: bit for bit, name in guest.enum("frame_flags").items()}

    def column(self, name: str) -> Sequence[int]:
        if name not in self.columns:
            self.columns[name] = self.frames.column(name)
        return self.columns[name]

    def users(self) -> list[int]:
        """The numbers of frames that hold a user page."""
        states, owners = self.column("state"), self.column("owner")
        kinds = self.frames.user_owners
        return [pfn for pfn in range(len(self.frames))
                if owners[pfn] in kinds and states[pfn] >= self.owned]

    def linked(self, pfn: int) -> bool:
        frame = self.frames[pfn]
        return frame["link.next"] != frame.at("link")

    @functools.cached_property
    def blocks(self) -> list[list[int | None]]:
        """The frame numbers on each buddy list; None: a link that belongs to no frame."""
        step = guest.layout("list_node").size
        start = guest.address_of("frame_lists")
        return [[self.frames.of_link(node) for node in guest.list_nodes(start + order * step)]
                for order in range(self.max_order + 1)]

    @functools.cached_property
    def spaces(self) -> pages.Spaces:
        return pages.Spaces()

    @functools.cached_property
    def entries(self) -> dict[int, list[tuple[int, int, int]]]:
        """Address of each space -> (va, entry, physical address) of its entries."""
        return {space.address: list(pages.entries_at(space["pmap.directory"]))
                for space in self.spaces.all}

    @functools.cached_property
    def areas(self) -> dict[int, list[guest.Record]]:
        return {space.address: list(pages.areas(space)) for space in self.spaces.all}

    @functools.cached_property
    def mapped(self) -> dict[int, list[int]]:
        """Frame -> the names (physical address / 4) of entries that map it, in all spaces."""
        found = {}
        for space in self.spaces.all:
            if pages.is_contiguous(space):
                continue
            for _, pte, at in self.entries[space.address]:
                if pages.is_frame(pte):
                    found.setdefault(pte >> 12, []).append(at // 4)
        return found

    @functools.cached_property
    def slots(self) -> swap.Slots | None:
        return swap.Slots() if guest.variable("slots") else None

    @functools.cached_property
    def objects(self) -> list[guest.Record]:
        return [guest.record("object", pointer)
                for pointer in sorted(swap.objects(self.spaces))]

    @functools.cached_property
    def object_pages(self) -> dict[int, list[tuple[int, int]]]:
        """Address of each object -> (page number, raw entry)."""
        return {shape.address: list(pages.object_pages(shape)) for shape in self.objects}

    @functools.cached_property
    def slot_names(self) -> dict[int, int]:
        """Slot -> how many entries and pages of objects name it."""
        found = {}
        for entries in self.entries.values():
            for _, pte, _ in entries:
                if pages.is_slot(pte):
                    number = pages.slot_of(pte)
                    found[number] = found.get(number, 0) + 1
        for known in self.object_pages.values():
            for _, entry in known:
                if entry & 1:
                    found[entry >> 1] = found.get(entry >> 1, 0) + 1
        return found

    def who(self, space: guest.Record, va: int) -> str:
        return f"{self.spaces.name(space.address)} at 0x{va:08x}"
