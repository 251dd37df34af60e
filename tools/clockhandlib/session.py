"""A machine at its shell, used by a program: type lines, wait for text, look at the screen.

    with Session("--ram", "12M") as session:
        session.expect("$ ")
        session.type("matrix &")
        session.monitor.press("f2")
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Callable

from . import screen

LAUNCHER = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "clockhand")


class Session:
    """`tools/clockhand shell WORDS` with QEMU's control socket; gone with the block it is for."""

    def __init__(self, *words: str, env: dict[str, str] | None = None) -> None:
        self.words, self.env = words, {**os.environ, **(env or {})}
        self.seen = 0

    def __enter__(self) -> Session:
        self.folder = tempfile.mkdtemp(prefix="session-")
        path = os.path.join(self.folder, "qmp")
        self.log = os.path.join(self.folder, "output")
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, LAUNCHER, "shell", "--qmp", path, *self.words],
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, env=self.env)
        try:
            self.monitor = screen.Monitor(path)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "monitor"):
            self.monitor.__exit__()
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def type(self, line: str) -> None:
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def output(self) -> str:
        """What the guest and the launcher have printed that expect has not passed."""
        with open(self.log, "rb") as log:
            log.seek(self.seen)
            return log.read().decode("utf-8", "replace")

    def expect(self, text: str, seconds: float = screen.PATIENCE) -> str:
        """Wait for @text; returns what came before it."""
        deadline = time.monotonic() + seconds
        while True:
            new = self.output()
            before, found, _ = new.partition(text)
            if found:
                self.seen += len((before + found).encode())
                return before
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {text!r} in {new[-500:]!r}")
            time.sleep(0.05)

    def map_when(self, truth: Callable[[screen.Picture], bool],
                 seconds: float = screen.PATIENCE) -> screen.Picture:
        """The first picture of the live map of which truth(picture) holds."""
        deadline = time.monotonic() + seconds
        while True:
            with self.monitor.stopped():
                picture = screen.memory_map(self.monitor)
            if picture.number >= 0 and truth(picture):
                return picture
            if time.monotonic() > deadline:
                raise TimeoutError(f"the map never showed it; picture {picture.number}:\n"
                                   + "\n".join(map(picture.text, range(screen.ROWS))))
            time.sleep(0.1)

    def next_map(self, after: screen.Picture, seconds: float = screen.PATIENCE) -> screen.Picture:
        """A picture that was begun after @after was complete."""
        return self.map_when(lambda picture: picture.number > after.number + 1, seconds)
