"""What a dynamic program needs besides itself: its interpreter, and the libraries it names.

A host program brings the host's i386 ones along, each at the path where its interpreter looks for
it; what the guest's root has already is left alone. Names are followed as the interpreter follows
them: DT_RPATH or DT_RUNPATH with $ORIGIN, then the usual folders. What a program opens by itself
later (plug-ins, locales) is for the --root folders.
"""

from __future__ import annotations

import os
import struct
from typing import Iterable, TYPE_CHECKING

from .errors import LauncherError

if TYPE_CHECKING:
    from . import guestroot

ELF_32_BIT, ELF_I386 = 1, 3
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NULL, DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH = 0, 1, 5, 15, 29

# Where interpreters look, whichever distribution built them.
FOLDERS = ("/lib", "/usr/lib", "/lib32", "/usr/lib32", "/lib/i386-linux-gnu",
           "/usr/lib/i386-linux-gnu")
# musl's interpreter is the library for these itself.
MUSL_OWN = ("libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet.")


class Elf:
    """The parts of an i386 ELF file that matter here. @data: its bytes, perhaps damaged."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.interpreter, self.needed, self.run_path = None, [], []
        try:
            self._read_headers()
        except (struct.error, ValueError):
            pass  # the kernel says what it thinks of such a file

    def _read_headers(self) -> None:
        table, = struct.unpack_from("<I", self.data, 28)
        size, count = struct.unpack_from("<HH", self.data, 42)
        loads, dynamic = [], None
        for index in range(count):
            fields = struct.unpack_from("<5I", self.data, table + index * size)
            kind, offset, address, _, nbytes = fields
            if kind == PT_INTERP:
                text = self.data[offset:offset + nbytes].rstrip(b"\0")
                self.interpreter = os.fsdecode(text)
            elif kind == PT_LOAD:
                loads.append((address, offset, nbytes))
            elif kind == PT_DYNAMIC:
                dynamic = (offset, nbytes)
        if dynamic:
            self._read_dynamic(loads, *dynamic)

    def _read_dynamic(self, loads: list[tuple[int, int, int]], start: int, nbytes: int) -> None:
        entries = []
        for at in range(start, start + nbytes, 8):
            tag, value = struct.unpack_from("<II", self.data, at)
            if tag == DT_NULL:
                break
            entries.append((tag, value))
        address = dict(entries).get(DT_STRTAB, 0)
        strings = next((offset + address - first for first, offset, size in loads
                        if first <= address < first + size), 0)
        for tag, value in entries:
            if tag == DT_NEEDED:
                self.needed.append(self._string(strings + value))
            elif tag in (DT_RPATH, DT_RUNPATH):
                self.run_path = self._string(strings + value).split(":")

    def _string(self, at: int) -> str:
        return os.fsdecode(self.data[at:self.data.index(b"\0", at)])


def is_i386(data: bytes) -> bool:
    return data[:4] == b"\x7fELF" and len(data) >= 52 and data[4] == ELF_32_BIT and \
        struct.unpack_from("<H", data, 18)[0] == ELF_I386


def read_host(path: str) -> bytes | None:
    """The bytes of an i386 ELF file on the host, or None."""
    try:
        with open(path, "rb") as source:
            data = source.read()
    except OSError:
        return None
    return data if is_i386(data) else None


class Needs:
    """Collects what @root (a GuestRoot) lacks. files: guest path -> host path."""

    def __init__(self, root: guestroot.GuestRoot) -> None:
        self.root = root
        self.files = {}
        self.missing = []
        self.seen = set()
        self.from_host = False  # the interpreter is the host's: libraries keep their places

    def add_program(self, program: str, path: str, data: bytes) -> None:
        """All that the host program @program, @path in the guest, needs; raises if it is not
        there."""
        elf = Elf(data)
        if elf.interpreter is None:
            return
        if self.root.find(elf.interpreter) is None:
            self.from_host = True
            self._take(elf.interpreter, elf.interpreter, "the dynamic linker")
        self._add_libraries(elf, path, elf.interpreter)
        if self.missing:
            raise LauncherError(
                f"{program}: needs {', '.join(self.missing)}, which is neither in the guest's root"
                " nor among this machine's i386 libraries; link with -static, install them"
                " (libc6-i386 or the package:i386), or lay them over the root with --root")

    def _take(self, guest: str, host: str, what: str) -> bytes | None:
        data = read_host(host)
        if data is None:
            self.missing.append(f"{guest} ({what})")
        else:
            self.files[guest] = os.path.realpath(host)
        return data

    def _add_libraries(self, elf: Elf, path: str, interpreter: str) -> None:
        musl = "ld-musl" in interpreter
        origin = os.path.dirname(path)
        folders = [folder.replace("$ORIGIN", origin).replace("${ORIGIN}", origin)
                   for folder in elf.run_path]
        for name in elf.needed:
            if name in self.seen or (musl and name.startswith(MUSL_OWN)):
                continue
            self.seen.add(name)
            if os.path.basename(interpreter) == name:
                continue
            found = self._find(name, folders)
            if found:
                self._add_libraries(Elf(found[1]), found[0], interpreter)
            else:
                self.missing.append(name)

    def _find(self, name: str, folders: Iterable[str]) -> tuple[str, bytes] | None:
        """(guest path, bytes) of a library, from the root or else from the host; or None."""
        paths = [name] if "/" in name else [f"{folder}/{name}" for folder in (*folders, *FOLDERS)]
        for path in paths:
            found = self.root.find(path)
            if found is not None and is_i386(found[1]):
                return path, found[1]
        for path in paths:
            data = read_host(path)
            if data is not None:
                # The root's own interpreter may not look where the host keeps it.
                guest = path if self.from_host or "/" in name else f"/lib/{name}"
                self.files[guest] = os.path.realpath(path)
                return guest, data
        return None
