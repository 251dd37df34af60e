"""The guest's root as the launcher sees it: finding PROGRAM, and building the overlay archive.

The kernel's root is build/initrd.cpio with the overlay over it. The overlay holds the --root
folders, the later over the earlier, and the program itself where it comes from the host.
"""

from __future__ import annotations

import os
import stat

from . import cpio, elfdeps, paths
from .errors import LauncherError

SEARCH_PATH = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")
MAX_LINKS = 40


class GuestRoot:
    """Base archive and host folders, seen as one tree. @folders: host folders, bottom up."""

    def __init__(self, folders: list[str]) -> None:
        for folder in folders:
            if not os.path.isdir(folder):
                raise LauncherError(f"--root {folder}: not a folder")
        self.folders = folders
        self.base = cpio.read(paths.base_archive())
        self.copied_in = None
        self.needs = elfdeps.Needs(self)

    def _entry(self, path: str) -> tuple[int, bytes | str] | None:
        """(mode, what reads the contents or the link's target) of @path itself, or None."""
        name = path.lstrip("/")
        for folder in reversed(self.folders):
            host = os.path.join(folder, name)
            try:
                mode = os.lstat(host).st_mode
            except OSError:
                continue
            if stat.S_ISLNK(mode):
                return mode, os.fsencode(os.readlink(host))
            return mode, host
        return self.base.get(name) if name else (stat.S_IFDIR | 0o755, b"")

    def resolve(self, path: str) -> tuple[str, bool]:
        """The guest's @path with symbolic links followed, as far as there is something; whether
        there is something at its end."""
        seen, todo, links = "/", path.split("/"), 0
        while todo:
            part = todo.pop(0)
            if part in ("", "."):
                continue
            if part == "..":
                seen = os.path.dirname(seen)
                continue
            here = os.path.join(seen, part)
            entry = self._entry(here)
            if entry is None:
                return os.path.join(here, *todo), False
            if stat.S_ISLNK(entry[0]):
                links += 1
                if links > MAX_LINKS:
                    return here, False
                target = os.fsdecode(entry[1])
                seen = "/" if target.startswith("/") else seen
                todo = target.split("/") + todo
                continue
            seen = here
        return seen, True

    def find(self, path: str) -> tuple[int, bytes] | None:
        """(mode, contents) of the guest's @path with symbolic links followed, or None."""
        seen, there = self.resolve(path)
        if not there:
            return None
        mode, data = self._entry(seen)
        return mode, _contents(data) if stat.S_ISREG(mode) else b""

    def locate(self, program: str) -> str:
        """The guest path to execute for PROGRAM; may copy it in. Raises with what was tried."""
        tried = [f"{folder}/{program}" for folder in SEARCH_PATH]
        if "/" in program:
            tried = [os.path.normpath("/" + program.lstrip("/"))]
        for path in tried:
            found = self.find(path)
            if found is not None:
                self._check(program, *found)
                return path
        if "/" not in program:
            hint = f"; for the one in this folder say ./{program}"
            raise LauncherError(f"{program}: not in the guest's {', '.join(SEARCH_PATH)}"
                                + (hint if os.path.exists(program) else ""))
        path = os.path.abspath(program)
        if not os.path.exists(path):
            raise LauncherError(
                f"{program}: neither {tried[0]} in the guest nor {path} on the host")
        mode = os.stat(path).st_mode
        data = _contents(path) if stat.S_ISREG(mode) else b""
        self.needs.add_program(program, path, data)
        self._check(program, mode, data)
        self.copied_in = path
        return path

    def _check(self, program: str, mode: int, data: bytes) -> None:
        """Say here what the kernel could only answer with an errno."""
        if not stat.S_ISREG(mode):
            raise LauncherError(f"{program}: not a file")
        if not mode & 0o111:
            raise LauncherError(f"{program}: not executable (chmod +x)")
        if data[:4] != b"\x7fELF":
            return
        if not elfdeps.is_i386(data):
            raise LauncherError(f"{program}: not a 32-bit x86 program; compile with -m32")
        interpreter = elfdeps.Elf(data).interpreter
        if interpreter and interpreter not in self.needs.files and self.find(interpreter) is None:
            raise LauncherError(
                f"{program}: needs {interpreter}, which is not in the guest's root; "
                "link with -static, or lay it over the root with --root")

    def write_overlay(self, path: str) -> bool:
        """Write the overlay archive to @path. Returns False, and writes nothing, if it is empty."""
        if not self.folders and not self.copied_in:
            return False
        with open(path, "wb") as out:
            archive = cpio.Writer(out)
            for folder in self.folders:
                archive.add_host_tree(folder)
            # Through a link on the host: the guest gets the file, not the link.
            extra = {self.copied_in: os.path.realpath(self.copied_in)} if self.copied_in else {}
            for path, host in {**extra, **self.needs.files}.items():
                name = self.resolve(path)[0].lstrip("/")
                archive.add_parents(name)
                archive.add_host_file(name, host)
            archive.close()
        return True


def _contents(data: bytes | str) -> bytes:
    if isinstance(data, bytes):
        return data
    try:
        with open(data, "rb") as source:
            return source.read()
    except OSError as error:
        raise LauncherError(f"cannot read {data}: {error.strerror}") from error
