"""The guest's serial channels on the host: files that grow, copied out as they do.

QEMU writes each port into a file (a slow reader behind a pipe would change how many instructions
the guest spends waiting), and the launcher follows the files.
"""

from __future__ import annotations

import os

from .errors import LauncherError

CHUNK = 1 << 16


class OutputClosed(Exception):
    """The launcher's own standard output has no reader any more."""


class Tail:
    """Copies what is new in the file @path to the descriptor @sink."""

    def __init__(self, path: str, sink: int, text: bool = False) -> None:
        self.source = open(path, "rb", buffering=0)
        self.sink = sink
        self.text = text  # carriage returns before line ends are the console's, drop them

    def pump(self) -> bool:
        """Copy everything there is. Returns whether there was anything."""
        copied = False
        while True:
            chunk = self.source.read(CHUNK)
            if not chunk:
                return copied
            copied = True
            write_all(self.sink, chunk.replace(b"\r", b"") if self.text else chunk)

    def close(self) -> None:
        self.source.close()


def write_all(sink: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(sink, view):]
    except BrokenPipeError as error:
        raise OutputClosed from error
    except OSError as error:
        raise LauncherError(f"cannot pass on what the guest prints: {error.strerror}") from error


def read_file(path: str) -> bytes:
    with open(path, "rb") as source:
        return source.read()
