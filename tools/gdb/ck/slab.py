"""`ck slab`: the object caches."""

from __future__ import annotations

from . import frames as frame_table
from . import guest
from .command import Command, plural

LISTS = ("full", "partial", "empty")


def caches() -> list[guest.Record]:
    return list(guest.members(guest.address_of("slab_caches"), "slab_cache", "link"))


def slabs_of(table: frame_table.Frames, cache: guest.Record, which: str) -> list[int | None]:
    """The first frame's number of each slab on one list of a cache."""
    return [table.of_link(node) for node in guest.list_nodes(cache.at(which))]


class Slab(Command):
    """ck slab [NAME]: every object cache: objects in use, their size, slabs, pages.

With NAME one cache, and each of its slabs. Counted by walking the slabs."""

    NAME, USAGE, MOST = "slab", "[NAME]", 1

    def run(self, name: str | None = None) -> None:
        table = frame_table.Frames()
        if name is not None:
            self.show_one(table, name)
            return
        print("cache                    in use  objects  size  stride  slabs  pages")
        total = 0
        for cache in caches():
            slabs = [pfn for which in LISTS for pfn in slabs_of(table, cache, which)]
            used = sum(table[pfn]["inuse"] for pfn in slabs)
            total += len(slabs) << cache["order"]
            print(f"{cache.text('name'):24} {used:6}  {len(slabs) * cache['per_slab']:7}  "
                  f"{cache['size']:4}  {cache['stride']:6}  {len(slabs):5}  "
                  f"{len(slabs) << cache['order']:5}")
        print(f"slabs occupy {plural(total, 'page')}")

    @staticmethod
    def show_one(table: frame_table.Frames, name: str) -> None:
        cache = next((cache for cache in caches() if cache.text("name") == name), None)
        if cache is None:
            guest.fail(f"there is no cache '{name}': `ck slab` lists them")
        print(f"cache {name}: objects of {cache['size']} bytes, {cache['stride']} from one to the "
              f"next, {cache['per_slab']} in a slab of {plural(1 << cache['order'], 'page')}; "
              f"{cache['allocs']:,} allocated, {cache['frees']:,} given back")
        for which in LISTS:
            for pfn in slabs_of(table, cache, which):
                frame = table[pfn]
                print(f"  {which:8} slab at 0x{guest.KERNEL_BASE + pfn * guest.PAGE:08x} "
                      f"(frame {pfn}): {frame['inuse']} of {frame['total']} in use")
