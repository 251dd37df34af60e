"""Invariants of user pages: who maps them, where their copies are, who may evict them."""

from __future__ import annotations

from typing import Iterator

from . import clock, guest, pages
from . import frames as frame_table
from .check import differ, invariant
from .facts import Facts


@invariant("[rmap.1]", "a frame's list has exactly its mappers, each an entry that maps it")
def rmap_1(facts: Facts) -> Iterator[str]:
    for pfn in facts.users():
        frame = facts.frames[pfn]
        names = frame_table.mapper_names(facts.frames, frame)
        yield from differ(f"frame {pfn}: mappers on its list", len(names), frame["mappers"])
        for name in names:
            pte = pages.physical_word(name * 4)
            if not pages.is_frame(pte) or pte >> 12 != pfn:
                yield f"frame {pfn}: the list names entry 0x{name * 4:08x} = 0x{pte:08x}"


@invariant("[rmap.2]", "a frame that is not a user page has no mappers")
def rmap_2(facts: Facts) -> Iterator[str]:
    users = set(facts.users())
    for pfn, (state, mappers) in enumerate(zip(facts.column("state"), facts.column("mappers"))):
        if state >= facts.owned and mappers and pfn not in users:
            yield f"frame {pfn} has {mappers} mappers"


@invariant("[rmap.3]", "each member of a list is the previous one of its next")
def rmap_3(facts: Facts) -> Iterator[str]:
    for pfn in facts.users():
        before = 0
        for name in frame_table.mapper_names(facts.frames, facts.frames[pfn]):
            if before and frame_table.mapper_before(facts.frames, name) != before:
                yield f"frame {pfn}: entry 0x{name * 4:08x} names another one before it"
            before = name


@invariant("[outside.3]", "every entry maps a user page, and a frame's mappers are all there is")
def outside_3(facts: Facts) -> Iterator[str]:
    zero, mappers = guest.variable("object_zero_pfn"), facts.column("mappers")
    users = set(facts.users())
    for pfn, entries in sorted(facts.mapped.items()):
        if pfn == zero:
            continue
        if pfn not in users:
            yield f"entry 0x{entries[0] * 4:08x} maps frame {pfn}, which is no user page"
        elif len(entries) != mappers[pfn]:
            yield (f"frame {pfn}: {len(entries)} entries map it, its mappers are {mappers[pfn]}")
    for pfn in users - set(facts.mapped):
        if mappers[pfn]:
            yield f"frame {pfn}: no entry maps it, its mappers are {mappers[pfn]}"


# --- objects ---

@invariant("[object.1]", "npages is the number of entries that are not empty")
def object_1(facts: Facts) -> Iterator[str]:
    for shape in facts.objects:
        yield from differ(f"{pages.object_text(shape.address)}: pages",
                          len(facts.object_pages[shape.address]), shape["npages"])


@invariant("[object.2]", "a resident page's frame names the object and the page")
def object_2(facts: Facts) -> Iterator[str]:
    for shape in facts.objects:
        for index, entry in facts.object_pages[shape.address]:
            pfn = facts.frames.pfn_of(entry)
            if entry & 1:
                continue
            frame = facts.frames[pfn] if pfn is not None else None
            if frame is None or (frame["owner"], frame["object"], frame["index"]) != (
                    facts.object, shape.address, index):
                yield f"page {index} of {pages.object_text(shape.address)}: 0x{entry:08x}"


@invariant("[object.3]", "an object that keeps no pages has no nodes")
def object_3(facts: Facts) -> Iterator[str]:
    for shape in facts.objects:
        if shape["root"] and not pages.object_ops(shape.address)["keeps_pages"]:
            yield pages.object_text(shape.address)


# --- swap ---

@invariant("[swap.1]", "a slot is taken while it is referenced or a frame is attached; used counts")
def swap_1(facts: Facts) -> Iterator[str]:
    if facts.slots is None:
        return
    used = 0
    for number in range(1, facts.slots.count):
        slot, taken = facts.slots[number], facts.slots.taken(number)
        used += taken
        if bool(taken) != bool(slot["refs"] or slot["frame"]):
            yield f"slot {number} is {'taken' if taken else 'free'} with {slot['refs']} " \
                f"references and {'a' if slot['frame'] else 'no'} frame"
    yield from differ("slots in use", used, facts.slots.stats["used"])


@invariant("[swap.2]", "slot 0 is never allocated")
def swap_2(facts: Facts) -> Iterator[str]:
    if facts.slots is not None and (not facts.slots.taken(0) or 0 in facts.slot_names):
        yield "slot 0 is free, or named"


@invariant("[swap.3]", "slot and frame name each other, or neither does")
def swap_3(facts: Facts) -> Iterator[str]:
    if facts.slots is None:
        return
    for number in range(1, facts.slots.count):
        pointer = facts.slots[number]["frame"]
        if not pointer:
            continue
        pfn = facts.frames.pfn_of(pointer)
        if pfn is None or facts.frames[pfn]["slot"] != number:
            yield f"slot {number} names frame {pfn}, which does not name it"
    for pfn in facts.users():
        number = facts.frames[pfn]["slot"]
        if number and (number >= facts.slots.count
                       or facts.slots[number]["frame"] != facts.frames[pfn].address):
            yield f"frame {pfn} names slot {number}, which does not name it"


@invariant("[outside.4]", "a slot's references are the entries and objects that name it")
def outside_4(facts: Facts) -> Iterator[str]:
    for number in range(1, facts.slots.count if facts.slots is not None else 0):
        found = facts.slot_names.get(number, 0)
        yield from differ(f"slot {number}: references", found, facts.slots[number]["refs"])


# --- policy, page and reclaim ---

@invariant("[policy.1]", "the frames the policy knows are evictable and not cached, and counted")
def policy_1(facts: Facts) -> Iterator[str]:
    nodes = clock.order(clock.policy_name())
    for node in nodes:
        pfn = facts.frames.of_link(node)
        if pfn is None:
            yield f"0x{node:08x} is the link of no frame"
            continue
        frame = facts.frames[pfn]
        if frame["state"] != facts.evictable or frame["flags"] & facts.flag["FRAME_CACHED"]:
            yield f"frame {pfn} is {frame_table.state_text(facts.frames, frame)}"
    yield from differ("frames of the policy", len(nodes), guest.variable("policy_frames"))


@invariant("[page.1]", "charged and cached are the numbers of such frames")
def page_1(facts: Facts) -> Iterator[str]:
    stats = guest.variable_record("page_stats", "page_stats")
    yield from differ("charged frames", counted(facts, "FRAME_CHARGED"), stats["charged"])
    yield from differ("cached frames", counted(facts, "FRAME_CACHED"), stats["cached"])


@invariant("[page.2]", "an evictable frame is the policy's, or cached: clean, unmapped")
def page_2(facts: Facts) -> Iterator[str]:
    evictable = facts.column("state").count(bytes([facts.evictable]))
    yield from differ("evictable frames that are not cached",
                      evictable - counted(facts, "FRAME_CACHED"), guest.variable("policy_frames"))
    for pfn in facts.users():
        frame = facts.frames[pfn]
        if frame["flags"] & facts.flag["FRAME_CACHED"] and (
                frame["mappers"] or frame["flags"] & facts.flag["FRAME_DIRTY"]):
            yield f"frame {pfn} is cached, and mapped or dirty"
        if frame["state"] == facts.owned and not (
                frame["pins"] or frame["flags"] & facts.flag["FRAME_LOCKED"]):
            yield f"frame {pfn} is owned, not pinned and not locked: nobody would evict it"


@invariant("[page.3]", "a private page without mapper is pinned, or on a referenced slot")
def page_3(facts: Facts) -> Iterator[str]:
    for pfn in facts.users():
        frame = facts.frames[pfn]
        if frame["owner"] != facts.anon or frame["mappers"] or frame["pins"]:
            continue
        if not frame["slot"] or not facts.slots[frame["slot"]]["refs"]:
            yield f"frame {pfn} is lost: nothing leads to it"


@invariant("[reclaim.1]", "no more frames are charged than the limit allows")
def reclaim_1(facts: Facts) -> Iterator[str]:
    charged = counted(facts, "FRAME_CHARGED")
    limit = guest.variable_record("reclaim_stats", "reclaim_stats")["limit"]
    if limit and charged > limit:
        yield f"{charged} frames are charged, the limit is {limit}"


def counted(facts: Facts, flag: str) -> int:
    bit = facts.flag[flag]
    flags, users = facts.column("flags"), facts.users()
    return sum(bool(flags[pfn] & bit) for pfn in users)
