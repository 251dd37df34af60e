"""cpio archives in the "newc" format: what the kernel's root file system is made of.

An entry is a header of 110 ASCII characters, the name with a NUL, padding to 4 bytes, the data,
padding to 4 bytes. The last entry is called TRAILER!!!. Everything belongs to user 0, and the
inode numbers count up, so that the same files give the same bytes.
"""

from __future__ import annotations

import os
import stat
from typing import BinaryIO, NoReturn

from .errors import LauncherError

MAGIC = b"070701"
HEADER_BYTES = 110
TRAILER = "TRAILER!!!"


def _pad(nbytes: int) -> int:
    return -nbytes % 4


class Writer:
    """Writes an archive to a binary file; close() adds the trailer."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.inode = 1
        self.names = set()

    def add(self, name: str, mode: int, data: bytes = b"", mtime: float = 0, rdev: int = 0) -> None:
        """One entry. @name without a leading slash; a name added twice: the later one counts."""
        encoded = os.fsencode(name) + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.inode, mode, 0, 0, links, int(mtime), len(data), 0, 0,
                  os.major(rdev), os.minor(rdev), len(encoded), 0)
        header = MAGIC + b"".join(b"%08X" % (field & 0xFFFFFFFF) for field in fields)
        self.out.write(header + encoded + b"\0" * _pad(HEADER_BYTES + len(encoded)))
        self.out.write(data)
        self.out.write(b"\0" * _pad(len(data)))
        self.inode += 1
        self.names.add(name)

    def add_parents(self, name: str) -> None:
        """The folders above @name, where they are not there yet."""
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in self.names:
                self.add(folder, stat.S_IFDIR | 0o755)

    def add_host_file(self, name: str, path: str) -> None:
        """What @path is on the host: file, folder, link or device. Sockets are left out."""
        try:
            facts = os.lstat(path)
            if stat.S_ISREG(facts.st_mode):
                with open(path, "rb") as source:
                    self.add(name, facts.st_mode, source.read(), facts.st_mtime)
            elif stat.S_ISLNK(facts.st_mode):
                self.add(name, facts.st_mode, os.fsencode(os.readlink(path)), facts.st_mtime)
            elif not stat.S_ISSOCK(facts.st_mode):
                self.add(name, facts.st_mode, b"", facts.st_mtime, facts.st_rdev)
        except OSError as error:
            raise LauncherError(f"cannot read {path}: {error.strerror}") from error

    def add_host_tree(self, top: str) -> None:
        """Everything below the host folder @top, in the order of the names."""
        for folder, subfolders, files in os.walk(top, onerror=_walk_failed):
            subfolders.sort()
            for entry in sorted(subfolders + files):
                path = os.path.join(folder, entry)
                self.add_host_file(os.path.relpath(path, top), path)

    def close(self) -> None:
        self.add(TRAILER, 0)


def _walk_failed(error: OSError) -> NoReturn:
    raise LauncherError(f"cannot read {error.filename}: {error.strerror}") from error


def read(path: str) -> dict[str, tuple[int, bytes]]:
    """name -> (mode, data) of every entry; the later of two with one name counts."""
    entries = {}
    with open(path, "rb") as archive:
        while True:
            header = archive.read(HEADER_BYTES)
            if len(header) < HEADER_BYTES or header[:6] != MAGIC:
                raise LauncherError(f"{path} is not a cpio archive in the newc format")
            fields = [int(header[at:at + 8], 16) for at in range(6, HEADER_BYTES, 8)]
            mode, nbytes, name_bytes = fields[1], fields[6], fields[11]
            name = os.fsdecode(archive.read(name_bytes)[:-1])
            archive.read(_pad(HEADER_BYTES + name_bytes))
            data = archive.read(nbytes)
            archive.read(_pad(nbytes))
            if name == TRAILER:
                return entries
            entries[os.path.normpath("/" + name).lstrip("/")] = (mode, data)
