"""The machine's screen, seen from outside: QEMU's control socket, and the live memory map decoded.

    with Monitor("socket") as monitor:
        with monitor.stopped():
            picture = memory_map(monitor)
        monitor.picture("map.png")
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import tempfile
import time
from typing import Any, Iterator

PATIENCE = 600  # seconds until one gives up on a machine: many, its host may be busy
TEXT_MEMORY, TEXT_BYTES = 0xb8000, 32768
COLUMNS, ROWS, PAGES = 80, 50, (8192, 16384)
MAP_COLUMN, MAP_ROW, MAP_COLUMNS, PANEL, LAST_ROW = 7, 2, 48, 56, 49
LEGEND_ROW = 2
WHITE = 15
# Glyphs above ASCII as characters of Unicode.
GLYPHS = {0x80: "·", 0x81: "■", 0x82: "□", 0x83: "▒", 0x84: "▣", 0x85: "█", 0x86: "=", 0x87: "▪"}


class Monitor:
    """QEMU's control socket (QMP)."""

    def __init__(self, path: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.lines.readline()
        self.call("qmp_capabilities")

    def __enter__(self) -> Monitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.socket.close()

    def call(self, command: str, **arguments: object) -> Any:
        """What QEMU returns."""
        words = {"execute": command, "arguments": arguments}
        self.socket.sendall(json.dumps(words).encode() + b"\n")
        while True:
            line = self.lines.readline()
            if not line:
                raise ConnectionError("QEMU has ended")
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")

    @contextlib.contextmanager
    def stopped(self) -> Iterator[Monitor]:
        """The machine stands still inside."""
        self.call("stop")
        try:
            yield self
        finally:
            self.call("cont")

    def memory(self, address: int, size: int) -> bytes:
        """Bytes of physical memory."""
        with tempfile.NamedTemporaryFile() as out:
            self.call("pmemsave", val=address, size=size, filename=out.name)
            return out.read()

    def picture(self, path: str) -> None:
        self.call("screendump", filename=os.path.abspath(path), format="png")

    def press(self, key: str) -> None:
        self.call("send-key", keys=[{"type": "qcode", "data": key}])


class Picture:
    """One picture of the live memory map: @cells of 16 bits, row by row."""

    def __init__(self, cells: list[int]) -> None:
        self.cells = cells
        found = re.search(r"picture +(\d+)", self.text(LAST_ROW))
        self.number = int(found.group(1)) if found else -1

    def at(self, row: int, column: int) -> tuple[int, int, int]:
        """(glyph, ink, paper) of a cell."""
        cell = self.cells[row * COLUMNS + column]
        return cell & 0xff, cell >> 8 & 15, cell >> 12

    def text(self, row: int, start: int = 0, end: int = COLUMNS) -> str:
        glyphs = (self.at(row, column)[0] for column in range(start, end))
        return "".join(GLYPHS.get(glyph, chr(glyph)) for glyph in glyphs)

    def legend(self) -> dict[str, tuple[int, int, int]]:
        """name -> (ink, cells, frames)."""
        found = {}
        for row in range(LEGEND_ROW, ROWS):
            line = self.text(row, PANEL + 2)
            if not line.strip():
                return found
            found[line[:11].strip()] = (self.at(row, PANEL)[1], int(line[11:16]), int(line[16:]))
        return found

    def counted(self) -> dict[str, int]:
        """name -> cells that look so, by looking at every cell of the map."""
        names = {ink: name for name, (ink, _, _) in self.legend().items()}
        count = dict.fromkeys(names.values(), 0)
        for row in range(MAP_ROW, LAST_ROW):
            for column in range(MAP_COLUMN, MAP_COLUMN + MAP_COLUMNS):
                glyph, ink, _ = self.at(row, column)
                if glyph != ord(" "):
                    count[names[ink]] += 1
        return count

    def hand(self) -> list[int]:
        """Numbers of the cells that the hand points at: one, or none."""
        return [(row - MAP_ROW) * MAP_COLUMNS + column - MAP_COLUMN
                for row in range(MAP_ROW, LAST_ROW)
                for column in range(MAP_COLUMN, MAP_COLUMN + MAP_COLUMNS)
                if self.at(row, column)[2] == WHITE]

    def figures(self, name: str) -> list[int]:
        """The numbers in the line of the panel that begins with @name."""
        for row in range(ROWS):
            line = self.text(row, PANEL)
            if line.startswith(name):
                return [int(number) for number in re.findall(r"\d+", line[len(name):])]
        raise KeyError(name)


def memory_map(monitor: Monitor) -> Picture:
    """The newest complete picture; the machine is stopped."""
    memory = monitor.memory(TEXT_MEMORY, TEXT_BYTES)
    words = memoryview(memory).cast("H")
    pictures = [Picture(words[page // 2:page // 2 + COLUMNS * ROWS].tolist()) for page in PAGES]
    return max(pictures, key=lambda picture: picture.number)
