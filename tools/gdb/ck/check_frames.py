"""Invariants of frames, slabs and kernel ranges: what is allocated, and to whom."""

from __future__ import annotations

from typing import Iterator

from . import frames as frame_table
from . import guest, pages, slab
from .check import differ, invariant
from .facts import Facts


@invariant("[frame.1]", "every free frame lies in exactly one free block; its first is linked")
def frame_1(facts: Facts) -> Iterator[str]:
    covered = bytearray(len(facts.frames))
    for order, block in each_block(facts):
        for pfn in range(block, min(block + (1 << order), len(covered))):
            if covered[pfn]:
                yield f"frame {pfn} lies in two free blocks"
            if pfn != block and facts.linked(pfn):
                yield f"frame {pfn} inside the free block at {block} is linked"
            covered[pfn] = 1
    states = facts.column("state")
    for pfn, state in enumerate(states):
        if state == facts.free and not covered[pfn]:
            yield f"frame {pfn} is free and in no free block"


@invariant("[frame.2]", "free blocks are aligned to their size, inside memory, and all free")
def frame_2(facts: Facts) -> Iterator[str]:
    states, orders = facts.column("state"), facts.column("order")
    for order, block in each_block(facts):
        size = 1 << order
        if block % size or block + size > len(states):
            yield f"the block of order {order} at frame {block} is not aligned, or sticks out"
        if orders[block] != order:
            yield f"frame {block} is on list {order} and says order {orders[block]}"
        for pfn in range(block, min(block + size, len(states))):
            if states[pfn] != facts.free:
                yield (f"frame {pfn} is {frame_table.short(facts.frames.states[states[pfn]])} "
                       f"inside the free block of order {order} at frame {block}")
                break


@invariant("[frame.3]", "no two buddies are free blocks of the same order")
def frame_3(facts: Facts) -> Iterator[str]:
    for order in range(facts.max_order):
        blocks = {block for block in facts.blocks[order] if block is not None}
        for block in sorted(blocks):
            if block < block ^ 1 << order and block ^ 1 << order in blocks:
                yield f"frames {block} and {block ^ 1 << order} of order {order} are not merged"


@invariant("[frame.4]", "list k holds the free blocks of order k, and their number is counted")
def frame_4(facts: Facts) -> Iterator[str]:
    offset = facts.stats.layout.fields["free_blocks"][0]
    for order, blocks in enumerate(facts.blocks):
        if None in blocks:
            yield f"list {order} has a member that is no frame"
        kept = int.from_bytes(facts.stats.data[offset + 4 * order:offset + 4 * order + 4], "little")
        yield from differ(f"blocks of order {order}", len(blocks), kept)


@invariant("[frame.5]", "bit k of frame_orders is set exactly when list k is not empty")
def frame_5(facts: Facts) -> Iterator[str]:
    bits = sum(1 << order for order, blocks in enumerate(facts.blocks) if blocks)
    kept = guest.variable("frame_orders")
    if bits != kept:
        yield f"the lists give 0x{bits:x}, frame_orders is 0x{kept:x}"


@invariant("[frame.6]", "an allocated block has one owner; evictable frames are single user pages")
def frame_6(facts: Facts) -> Iterator[str]:
    states, owners, orders = (facts.column(name) for name in ("state", "owner", "order"))
    inside, pfn = guest.constant("FRAME_INSIDE"), 0
    while pfn < len(states):
        size = 1
        if states[pfn] >= facts.owned:
            if orders[pfn] > facts.max_order:
                yield f"frame {pfn} lies inside a block that does not begin"
            else:
                size = 1 << orders[pfn]
            if states[pfn] == facts.evictable and (
                    size > 1 or owners[pfn] not in facts.frames.user_owners):
                yield f"frame {pfn} is evictable and no single user page"
            for at in range(pfn + 1, min(pfn + size, len(states))):
                if (states[at], orders[at], owners[at]) != (facts.owned, inside, owners[pfn]):
                    yield f"frame {at} does not belong to its block at {pfn}"
        pfn += size


@invariant("[frame.7]", "free + owned by each owner = total")
def frame_7(facts: Facts) -> Iterator[str]:
    states, owners = facts.column("state"), facts.column("owner")
    counted = [0] * (max(facts.frames.owners) + 1)
    for state, owner in zip(states, owners):
        if state >= facts.owned:
            counted[owner] += 1
    free = states.count(bytes([facts.free]))
    yield from differ("free frames", free, facts.stats["free"])
    yield from differ("frames together", free + sum(counted), facts.stats["total"])
    for owner, kept in enumerate(frame_table.owned_by(facts.stats)):
        name = frame_table.short(facts.frames.owners.get(owner, f"x_{owner}"))
        yield from differ(f"frames owned by {name}", counted[owner], kept)


def each_block(facts: Facts) -> Iterator[tuple[int, int]]:
    for order, blocks in enumerate(facts.blocks):
        for block in blocks:
            if block is not None:
                yield order, block


# --- slabs ---

def each_slab(facts: Facts) -> Iterator[tuple[guest.Record, str, int]]:
    """(cache, list, first frame's number)."""
    for cache in slab.caches():
        for which in slab.LISTS:
            for pfn in slab.slabs_of(facts.frames, cache, which):
                yield cache, which, pfn


@invariant("[slab.1]", "a slab is on the list that its number of objects in use says")
def slab_1(facts: Facts) -> Iterator[str]:
    for cache, which, pfn in each_slab(facts):
        used, total = facts.frames[pfn]["inuse"], cache["per_slab"]
        right = "empty" if used == 0 else "full" if used == total else "partial"
        if which != right:
            yield f"{cache.text('name')}: slab at frame {pfn} has {used} of {total} and is {which}"


@invariant("[slab.2]", "a slab's free list holds its free objects, each marked free")
def slab_2(facts: Facts) -> Iterator[str]:
    for cache, _, pfn in each_slab(facts):
        start, frame = guest.KERNEL_BASE + pfn * guest.PAGE, facts.frames[pfn]
        raw = guest.read(start, guest.PAGE << cache["order"])
        node, left = frame["free_list"], frame["total"] - frame["inuse"]
        while left and start <= node < start + len(raw):
            mark = (node * 2654435761 ^ 0x5AB0F7EE) & 0xFFFFFFFF
            at = node - start + cache["link_offset"]
            following, marked = (int.from_bytes(raw[at + i:at + i + 4], "little") for i in (0, 4))
            if marked != mark or (node - start - cache["first"]) % cache["stride"]:
                yield f"{cache.text('name')}: 0x{node:08x} on the free list is no free object"
                break
            node, left = following ^ mark, left - 1
        if left or node:
            yield f"{cache.text('name')}: the free list of the slab at frame {pfn} is broken"


@invariant("[slab.3]", "each frame of a slab names its first frame, which names the cache")
def slab_3(facts: Facts) -> Iterator[str]:
    kind = facts.frames.owner["FRAME_SLAB"]
    for cache, _, pfn in each_slab(facts):
        if facts.frames[pfn]["cache"] != cache.address:
            yield f"frame {pfn} is a slab of {cache.text('name')} and names another cache"
        for at in range(pfn, pfn + (1 << cache["order"])):
            frame = facts.frames[at]
            if frame["owner"] != kind or frame["slab_head"] != pfn:
                yield f"frame {at} in the slab at {pfn} does not name it"


@invariant("[slab.4]", "a cache's counts are sums over its slabs")
def slab_4(facts: Facts) -> Iterator[str]:
    for cache in slab.caches():
        lists = [slab.slabs_of(facts.frames, cache, which) for which in slab.LISTS]
        used = sum(facts.frames[pfn]["inuse"] for pfns in lists for pfn in pfns)
        name = cache.text("name")
        yield from differ(f"{name}: slabs", sum(map(len, lists)), cache["nslabs"])
        yield from differ(f"{name}: empty slabs", len(lists[2]), cache["nempty"])
        yield from differ(f"{name}: objects in use", used, cache["inuse"])


# --- kernel ranges ---

def ranges(facts: Facts) -> tuple[list[int], dict[int, int]]:
    """(the kernel's bitmap of mapped pages, address -> entry of the same pages)."""
    first, end = guest.VMALLOC_START >> 22, guest.VMALLOC_END >> 22
    found = {}
    for at, _, table in pages.tables(guest.variable("kernel_directory"), first, end):
        for index, pte in enumerate(table or ()):
            if pte & pages.PRESENT:
                found[(at << 10 | index) - (guest.VMALLOC_START >> 12)] = pte
    size = (guest.VMALLOC_END - guest.VMALLOC_START) >> 12
    raw = guest.read(guest.address_of("vmalloc_map"), size // 8)
    return [raw[page // 8] >> page % 8 & 1 for page in range(size)], found


@invariant("[vmalloc.1]", "a bit is set exactly when its page is mapped, to a frame of the ranges")
def vmalloc_1(facts: Facts) -> Iterator[str]:
    bits, mapped = ranges(facts)
    kind, owners = facts.frames.owner["FRAME_VMALLOC"], facts.column("owner")
    for page, bit in enumerate(bits):
        if bit != (page in mapped):
            yield f"page 0x{guest.VMALLOC_START + page * guest.PAGE:08x}: bit {bit}, mapped " \
                f"{'yes' if page in mapped else 'no'}"
    for page, pte in mapped.items():
        if owners[pte >> 12] != kind:
            yield f"page 0x{guest.VMALLOC_START + page * guest.PAGE:08x} maps frame {pte >> 12}, " \
                "which is not the ranges'"


@invariant("[vmalloc.2]", "the first and the last page of the window are never mapped")
def vmalloc_2(facts: Facts) -> Iterator[str]:
    bits, _ = ranges(facts)
    if bits[0] or bits[-1]:
        yield "a guard page at the window's end is mapped"


@invariant("[vmalloc.3]", "vmalloc_used is the number of mapped pages")
def vmalloc_3(facts: Facts) -> Iterator[str]:
    bits, _ = ranges(facts)
    yield from differ("pages", sum(bits), guest.variable("vmalloc_used"))
