"""`ck symbols`: functions and lines of user programs.

All programs of the guest are linked to the same addresses, so only one has its symbols loaded at a
time. When the machine stops in user mode, the running program's are loaded by its name; but those
that somebody has asked for stay, as breakpoints may be set by them.
"""

from __future__ import annotations

import os
from typing import Any

import gdb

from . import guest, pages
from .command import Command

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "..")
ELF_DYNAMIC = 3

loaded = {}  # "path" of the program whose symbols are there; "asked": by a person


def elf_folder() -> str:
    build = os.environ.get("CLOCKHAND_BUILD") or os.path.join(ROOT, "build")
    return os.path.realpath(os.path.join(build, "user", "elf"))


def path_of(program: str) -> str | None:
    """The file with the symbols: of the guest's own programs by name, any other by its path."""
    if "/" in program and os.path.isfile(program):
        return os.path.realpath(program)
    path = os.path.join(elf_folder(), os.path.basename(program))
    return path if os.path.isfile(path) else None


def bias_of(path: str) -> int:
    """What is added to the file's addresses: 0, but for position-independent programs."""
    with open(path, "rb") as elf:
        head = elf.read(4096)
    if int.from_bytes(head[16:18], "little") != ELF_DYNAMIC:
        return 0
    guest.need_memory()
    space = pages.space_of(pages.find_process(None))
    first = int.from_bytes(head[28:32], "little")
    for at in range(first, first + 32 * int.from_bytes(head[44:46], "little"), 32):
        kind, _, va, _, _, _, flags = (int.from_bytes(head[at + i:at + i + 4], "little")
                                       for i in range(0, 28, 4))
        if kind == 1 and flags & 1:
            return (space["code_start"] & ~0xFFF) - (va & ~0xFFF)
    return 0


def load(path: str) -> None:
    """Its symbols, instead of those that are loaded now."""
    if loaded.get("path") == path:
        return
    unload()
    offset = bias_of(path)
    gdb.execute(f'add-symbol-file "{path}" -o 0x{offset:x}', to_string=True)
    loaded.update(path=path)


def unload() -> None:
    path = loaded.pop("path", None)
    if path is not None and any(objfile.filename == path for objfile in gdb.objfiles()):
        gdb.execute(f'remove-symbol-file "{path}"', to_string=True)


def on_stop(_event: Any) -> None:
    """Stopped in user mode: the running program's symbols."""
    if loaded.get("asked"):
        return
    try:
        if guest.register("eip") >= guest.USER_TOP or not guest.register("cr0") & guest.CR0_PAGING:
            return
        guest.need_memory()
        process = pages.current()
        path = path_of(process.text("comm")) if process else None
        if path is not None and path != loaded.get("path"):
            load(path)
            print(f"[symbols of {os.path.basename(path)}]")
    except (gdb.error, gdb.GdbError):
        pass  # a stop must not fail for want of symbols


class Symbols(Command):
    """ck symbols [PROGRAM]: load the symbols of a user program; by default of the running one.

PROGRAM is a name in build/user/elf, or the path of a file that was built with -g. Symbols of the
program loaded before go. When the machine stops in user mode the running program's are loaded by
themselves, until this command is used."""

    NAME, USAGE, MOST = "symbols", "[PROGRAM]", 1
    COMPLETE = gdb.COMPLETE_FILENAME
    NEED = staticmethod(lambda: None)

    def run(self, program: str | None = None) -> None:
        if program is None:
            guest.need_memory()
            program = pages.find_process(None).text("comm")
        path = path_of(program)
        if path is None:
            guest.fail(f"no symbols for '{program}': it is not in {elf_folder()}; give the path of "
                       "a file built with -g")
        load(path)
        loaded["asked"] = True
        print(f"symbols of {path}")


gdb.events.stop.connect(on_stop)
