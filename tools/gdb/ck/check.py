"""`ck check`: the kernel's invariants, verified from outside.

The kernel asserts the numbered truths of its theories itself, in its own words and with its own
code. Here they are worked out once more from the bytes in memory, by other code that trusts none
of the kernel's counters. The tags are those on top of each mm file; four truths need a view of
everything at once and are checked only here.

Always true:
    [outside.1]  the kernel half is the same in every directory
    [outside.2]  every process's address space is on the list of all, and referenced
    [outside.3]  every entry maps a user page, and a frame's mappers are all there is
    [outside.4]  a slot's references are the entries and objects that name it
"""

from __future__ import annotations

from typing import Callable, Iterator

import gdb

from . import guest
from .command import Command, plural
from .facts import Facts

Invariant = Callable[[Facts], Iterator[str]]
INVARIANTS = []
SHOWN, WIDTH = 4, len("[pmap_kernel.1]")


def invariant(label: str, text: str) -> Callable[[Invariant], Invariant]:
    """@label "[MODULE.NUMBER]". The function yields a line for each violation."""
    def add(function: Invariant) -> Invariant:
        INVARIANTS.append((label, text, function))
        return function
    return add


def module_of(label: str) -> str:
    return label[1:].split(".", maxsplit=1)[0]


def differ(what: str, found: int, kept: int) -> Iterator[str]:
    """A violation if a count does not agree with what was counted here."""
    if found != kept:
        yield f"{what}: {found:,} found, the kernel has {kept:,}"


class Check(Command):
    """ck check [MODULE]: every invariant of memory, verified from outside.

Prints each by its tag in the theory of its file, with "ok" or "VIOLATED" and where. MODULE (frame,
slab, vmalloc, pmap, pmap_kernel, rmap, vma, object, swap, policy, page, reclaim, space, outside)
takes only those. The truths hold between operations: where the machine stopped inside one (`bt`
shows a function of mm that changes something), what it works on may look violated. Not visible
from outside: [pmap.5] (the TLB) and truths about order in time ([page.5], [reclaim.2], [fault.1]
to [fault.4])."""

    NAME, USAGE, MOST = "check", "[MODULE]", 1

    def run(self, module: str | None = None) -> None:
        chosen = [entry for entry in INVARIANTS if module in (None, module_of(entry[0]))]
        if not chosen:
            known = dict.fromkeys(module_of(label) for label, _, _ in INVARIANTS)
            guest.fail(f"no invariants of '{module}'; there are: {', '.join(known)}")
        facts = Facts()
        violated = sum(not self.verify(facts, *entry) for entry in chosen)
        if violated:
            print(f"{violated} of {plural(len(chosen), 'invariant')} VIOLATED")
        else:
            print(f"{plural(len(chosen), 'invariant')} checked, all hold")

    @staticmethod
    def verify(facts: Facts, label: str, text: str, function: Invariant) -> bool:
        try:
            lines = list(function(facts))
        except (gdb.GdbError, gdb.error, IndexError) as error:
            lines = [f"cannot be followed: {error}"]
        print(f"{label:{WIDTH}} {'VIOLATED' if lines else 'ok      '} {text}")
        for line in lines[:SHOWN]:
            print(f"{'':{WIDTH}} - {line}")
        if lines[SHOWN:]:
            print(f"{'':{WIDTH}} - and {len(lines) - SHOWN} more")
        return not lines


from . import check_frames, check_spaces, check_users  # noqa: E402,F401  (they add invariants)
