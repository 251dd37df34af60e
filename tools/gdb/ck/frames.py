"""Frames: the table as one block of memory, the buddy lists, and who maps what."""

from __future__ import annotations

from typing import Iterator, Sequence

from . import guest, pages
from .command import Command, plural


class Frames:
    """The whole frame table, read once. frames[pfn] is a Record."""

    def __init__(self) -> None:
        self.shape = guest.layout("frame")
        self.table = guest.variable("frame_table")
        self.count = guest.variable("frame_count")
        self.data = guest.read(self.table, self.count * self.shape.size)
        self.states = guest.enum("frame_state")
        self.owners = guest.enum("frame_owner")
        self.state = {name: value for value, name in self.states.items()}
        self.owner = {name: value for value, name in self.owners.items()}
        self.user_owners = (self.owner["FRAME_ANON"], self.owner["FRAME_OBJECT"])

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, pfn: int) -> guest.Record:
        base = pfn * self.shape.size
        return guest.Record(self.shape, self.data, base, self.table + base)

    def pfn_of(self, pointer: int) -> int | None:
        """The number of the frame whose struct stands at @pointer; None: not in the table."""
        pfn, rest = divmod(pointer - self.table, self.shape.size)
        return pfn if rest == 0 and 0 <= pfn < self.count else None

    def of_link(self, node: int) -> int | None:
        """The pfn of the frame whose link stands at @node, or None."""
        return self.pfn_of(guest.container(node, "frame", "link"))

    def is_user(self, frame: guest.Record) -> bool:
        return (frame["state"] >= self.state["FRAME_OWNED"]
                and frame["owner"] in self.user_owners)

    def column(self, name: str) -> Sequence[int]:
        """One field of every frame, quickly."""
        offset, size, _ = self.shape.fields[name]
        if size == 1:
            return self.data[offset::self.shape.size]
        step = self.shape.size
        return [int.from_bytes(self.data[at:at + size], "little")
                for at in range(offset, len(self.data), step)]


def short(name: str) -> str:
    """FRAME_EVICTABLE -> evictable."""
    return name.split("_", 1)[1].lower()


def state_text(frames: Frames, frame: guest.Record) -> str:
    state = short(frames.states.get(frame["state"], f"x_{frame['state']}"))
    if frame["state"] < frames.state["FRAME_OWNED"]:
        return state
    return f"{state}, {short(frames.owners.get(frame['owner'], 'x_?'))}"


def mapper_names(frames: Frames, frame: guest.Record) -> list[int]:
    """The reverse map's chain: mapping_t of each entry that names the frame."""
    found, name = [], frame["rmap"]
    while name and len(found) <= frame["mappers"]:
        found.append(name)
        table = frames[name // 1024] if name // 1024 < len(frames) else None
        if table is None or table["owner"] != frames.owner["FRAME_TABLE"]:
            guest.fail(f"the reverse map names entry 0x{name:x}, which lies in no page table")
        name = guest.word(table["rmap_next"] + name % 1024 * 4)
    return found


def mapper_before(frames: Frames, name: int) -> int:
    """The entry that stands before this one in its frame's list, unless it is the first."""
    return guest.word(frames[name // 1024]["rmap_prev"] + name % 1024 * 4)


def mappers(frames: Frames, frame: guest.Record) -> Iterator[tuple[int, int, int]]:
    """(pmap, virtual address, physical address of the entry) of each mapping."""
    for name in mapper_names(frames, frame):
        table = frames[name // 1024]
        yield table["pmap"], (table["table_index"] << 22) + name % 1024 * guest.PAGE, name * 4


def resolve(text: str, frames: Frames) -> int:
    """What `ck frame` was given -> pfn."""
    value = guest.number(text)
    if value < len(frames):
        return value
    if value < guest.KERNEL_BASE:
        pfn = value // guest.PAGE
    elif 0 <= value - frames.table < len(frames.data):
        pfn = (value - frames.table) // frames.shape.size
    else:
        pfn = pages.kernel_frame(value)
    if pfn >= len(frames):
        guest.fail(f"{text}: physical 0x{pfn * guest.PAGE:08x} is no memory that the kernel "
                   f"manages; frames are 0 to {len(frames) - 1}")
    return pfn


class FrameCommand(Command):
    """ck frame PFN|ADDRESS: what one frame is, who owns it, who maps it.

A number below the number of frames is a frame number. Else it is an address: below 0xc0000000 a
physical one; the address of a struct frame; or any other address of the kernel, translated by the
kernel's page tables (the direct map, kernel stacks)."""

    NAME, USAGE, LEAST, MOST = "frame", "PFN|ADDRESS", 1, 1

    def run(self, text: str) -> None:
        frames = Frames()
        pfn = resolve(text, frames)
        frame = frames[pfn]
        physical = pfn * guest.PAGE
        print(f"frame {pfn}: {state_text(frames, frame)}; physical 0x{physical:08x}, "
              f"kernel address 0x{guest.KERNEL_BASE + physical:08x}, "
              f"struct frame at 0x{frame.address:08x}")
        if frame["state"] == frames.state["FRAME_FREE"]:
            self.show_free(frames, pfn)
        elif frames.is_user(frame):
            self.show_user(frames, frame)
        elif frame["state"] == frames.state["FRAME_OWNED"]:
            self.show_owned(frames, pfn, frame)

    @staticmethod
    def show_free(frames: Frames, pfn: int) -> None:
        for order in range(guest.constant("FRAME_MAX_ORDER") + 1):
            head = pfn & ~((1 << order) - 1)
            block = frames[head]
            if (block["state"] == frames.state["FRAME_FREE"] and block["order"] == order
                    and block["link.next"] != block.at("link")):
                print(f"  in a free block of order {order}: "
                      f"frames {head} to {head + (1 << order) - 1}")
                return
        print("  in no free block: the buddy lists are damaged (`ck check`)")

    @staticmethod
    def show_user(frames: Frames, frame: guest.Record) -> None:
        names = guest.enum("frame_flags")
        locks = frame["locks"] if frame["flags"] & guest.constant("FRAME_LOCKED") else 0
        print(f"  flags {guest.flags_text(frame['flags'], names)}; pins {frame['pins']}, "
              f"locks {locks}, mappers {frame['mappers']}")
        if frame["slot"]:
            print(f"  slot {frame['slot']} of the swap area holds a copy, or is set aside for one")
        if frame["owner"] == frames.owner["FRAME_OBJECT"] and frame["object"]:
            print(f"  page {frame['index']} of {pages.object_text(frame['object'])}")
        spaces = pages.Spaces()
        for pmap, va, entry in mappers(frames, frame):
            pte = pages.physical_word(entry)
            print(f"  mapped by {spaces.name_of_pmap(pmap)} at 0x{va:08x}: entry at physical "
                  f"0x{entry:08x} = 0x{pte:08x} ({pages.entry_text(pte)})")

    @staticmethod
    def show_owned(frames: Frames, pfn: int, frame: guest.Record) -> None:
        inside = guest.constant("FRAME_INSIDE")
        if frame["owner"] == frames.owner["FRAME_SLAB"]:
            head = frames[frame["slab_head"]]
            cache = guest.record("slab_cache", head["cache"])
            print(f"  in the slab of cache {cache.text('name')} that starts at frame "
                  f"{frame['slab_head']}: {head['inuse']} of {head['total']} objects in use")
            return
        if frame["order"] == inside:
            print("  inside a block of several frames; its first frame has the order")
        elif frame["order"]:
            print(f"  first of a block of order {frame['order']}: {1 << frame['order']} frames")
        if frame["owner"] == frames.owner["FRAME_TABLE"]:
            FrameCommand.show_table(pfn, frame)

    @staticmethod
    def show_table(pfn: int, frame: guest.Record) -> None:
        spaces = pages.Spaces()
        if pfn * guest.PAGE == guest.variable("kernel_directory"):
            print("  the kernel's own page directory")
        for space in spaces.all:
            if space["pmap.directory"] == pfn * guest.PAGE:
                print(f"  page directory of {spaces.name(space.address)}")
        if frame["pmap"]:
            start = frame["table_index"] << 22
            print(f"  page table of {spaces.name_of_pmap(frame['pmap'])} for "
                  f"0x{start:08x} to 0x{start + (1 << 22) - 1:08x}: "
                  f"{plural(frame['live'], 'entry', 'entries')} in use")


class Buddy(Command):
    """ck buddy: the free blocks of each order, and who owns the rest.

Blocks are counted by walking the allocator's lists, not by reading its counters."""

    NAME = "buddy"

    def run(self) -> None:
        frames = Frames()
        shape = guest.layout("list_node")
        total = 0
        print("order   pages  blocks   free pages  first blocks (frame numbers)")
        for order in range(guest.constant("FRAME_MAX_ORDER") + 1):
            head = guest.address_of("frame_lists") + order * shape.size
            blocks = [frames.of_link(node) for node in guest.list_nodes(head)]
            total += len(blocks) << order
            first = " ".join(str(pfn) for pfn in blocks[:6]) + (" ..." if blocks[6:] else "")
            print(f"{order:5}  {1 << order:6}  {len(blocks):6}  {len(blocks) << order:11}  {first}")
        stats = guest.variable_record("frame_stats", "frame_stats")
        print(f"free {total:,} of {stats['total']:,} frames")
        owned = owned_by(stats)
        print("owned " + ", ".join(f"{short(frames.owners[i])} {owned[i]:,}"
                                   for i in sorted(frames.owners)
                                   if i < len(owned) and owned[i]))


def owned_by(stats: guest.Record) -> list[int]:
    """frame_stats.owned as a list."""
    offset, size, _ = stats.layout.fields["owned"]
    raw = stats.data[offset:offset + size]
    return [int.from_bytes(raw[i:i + 4], "little") for i in range(0, size, 4)]
