"""The program's standard input: the whole of it, before the machine starts.

Under --icount every input has to be there before boot, and so it is always: what the program reads
does not depend on how fast somebody types. A file or a pipe on the launcher's own standard input is
the program's, as a shell user expects; a terminal is not (that is what `shell` is for).
"""

from __future__ import annotations

import os
import select
import shutil
import stat
import sys
from typing import BinaryIO, Callable

from .errors import LauncherError

PIPE_PATIENCE = 2.0  # seconds until a pipe that nobody writes to counts as empty


def take(path: str | None, destination: str, say: Callable[[str], None]) -> bool:
    """Copy it to @destination. False: there is none. @path: as --stdin has it, or None."""
    if path is None:
        return from_own_input(destination, say)
    if path == "-":
        return copy(sys.stdin.buffer, destination)
    try:
        with open(path, "rb") as source:
            return copy(source, destination)
    except OSError as error:
        raise LauncherError(f"--stdin {path}: {error.strerror}") from error


def from_own_input(destination: str, say: Callable[[str], None]) -> bool:
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False  # closed
    if stat.S_ISFIFO(mode):
        ready, _, _ = select.select([0], [], [], PIPE_PATIENCE)
        if not ready:
            say("nothing came through the pipe on standard input: taken as empty"
                " (--stdin - waits for it)")
            return False
    elif not stat.S_ISREG(mode):
        return False
    with os.fdopen(os.dup(0), "rb") as source:
        return copy(source, destination)


def copy(source: BinaryIO, destination: str) -> bool:
    with open(destination, "wb") as out:
        shutil.copyfileobj(source, out)
    return True
