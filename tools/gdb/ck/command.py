"""The prefix `ck`, and what every command below it shares."""

from __future__ import annotations

from typing import Any

import gdb

from . import guest


class Prefix(gdb.Command):
    """Clockhand's memory, from outside: processes, translations, frames, swap, invariants.

`help ck NAME` explains one command. They read the stopped machine and change nothing; addresses
are any expression of gdb's. docs/debugging.md shows them at work."""

    def __init__(self) -> None:
        super().__init__("ck", gdb.COMMAND_USER, gdb.COMPLETE_NONE, True)

    def invoke(self, argument: str, _from_tty: bool) -> None:
        if argument:
            guest.fail(f"there is no command `ck {argument.split()[0]}`; `help ck` lists them")
        gdb.execute("help ck")


class Command(gdb.Command):
    """A command `ck NAME`. Subclasses say NAME, LEAST and MOST words, and what they NEED."""

    NAME = USAGE = ""
    LEAST = MOST = 0
    COMPLETE = gdb.COMPLETE_NONE
    NEED = staticmethod(guest.need_memory)

    def __init__(self) -> None:
        super().__init__(f"ck {self.NAME}", gdb.COMMAND_USER, self.COMPLETE)

    def invoke(self, argument: str, _from_tty: bool) -> None:
        usage = " ".join(["ck", self.NAME, self.USAGE]).strip()
        words = guest.arguments(argument, self.LEAST, self.MOST, usage)
        self.NEED()
        self.run(*words)

    def run(self, *words: Any) -> None:
        raise NotImplementedError


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
