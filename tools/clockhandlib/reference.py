"""Reference strings: the pages a program used, in order (format: docs/replay.md)."""

from __future__ import annotations

import array
import re
import sys
from typing import Collection, Iterable

from .errors import LauncherError

VERSIONS = ("1", "2")
HEADER = re.compile(r"#\s*clockhand-reference\s+(\S+)\s*$")
MARKS = "klz"  # the kernel did it; locked; the page of zeroes
LOCKED, ZEROES = "l", "z"
ACCESSES = {"r": 0, "x": 0, "w": 1}


class ReferenceString:
    """Pages are numbered anew, without gaps; names[n] is what page n is called in the source."""

    def __init__(self) -> None:
        self.words = array.array("I")  # page << 1, plus 1 if it is written
        self.names = []
        self._numbers = {}

    def add(self, name: int, written: int = 0) -> None:
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        self.words.append(number << 1 | written)

    def without(self, names: Collection[int]) -> ReferenceString:
        """The same string, but for the pages called @names."""
        rest = ReferenceString()
        for word in self.words:
            if self.names[word >> 1] not in names:
                rest.add(self.names[word >> 1], word & 1)
        return rest

    def __len__(self) -> int:
        return len(self.words)


def read(path: str, managed: bool = False) -> ReferenceString:
    """A file, or standard input for `-`. @managed: without the pages that no policy knew."""
    try:
        if path == "-":
            return parse(sys.stdin, "standard input", managed)
        with open(path, encoding="ascii", errors="replace") as lines:
            return parse(lines, path, managed)
    except OSError as error:
        raise LauncherError(f"{path}: {error.strerror}") from error


def parse(lines: Iterable[str], source: str, managed: bool = False) -> ReferenceString:
    string, locked, known = ReferenceString(), set(), {}
    for number, line in enumerate(lines, 1):
        header = HEADER.match(line) if line[0] == "#" else None
        if header and header.group(1) not in VERSIONS:
            raise LauncherError(f"{source}: version {header.group(1)} of the format; this launcher "
                                f"reads versions {' and '.join(VERSIONS)}")
        try:
            if line not in known:  # there are many lines and few different ones
                known[line] = line_stays(line.partition("#")[0])
        except ValueError as error:
            raise LauncherError(f"{source}:{number}: {error}") from error
        for name, written, marks in known[line]:
            if managed and LOCKED in marks:
                locked.add(name)
            if not (managed and ZEROES in marks):
                string.add(name, written)
    if locked:
        string = string.without(locked)
    if not string:
        raise LauncherError(f"{source}: there is no page in it")
    return string


def line_stays(line: str) -> list[tuple[int, int, str]]:
    """(page, written, marks) of PAGE [r|w|x [MARKS]], or of several pages."""
    words = line.replace(",", " ").split()
    if 2 <= len(words) <= 3 and words[1] in ACCESSES:
        marks = words[2] if len(words) == 3 else ""
        if marks.strip(MARKS):
            raise ValueError(f"'{marks}' are no marks")
        return [(page(words[0]), ACCESSES[words[1]], marks)]
    return [(page(word), 0, "") for word in words]


def page(word: str) -> int:
    try:
        number = int(word, 0) if word[:2].lower() == "0x" else int(word)
    except ValueError:
        number = -1
    if not 0 <= number < 1 << 64:
        raise ValueError(f"'{word}' is not a page's number")
    return number


def from_list(text: str) -> ReferenceString:
    return parse([text], "the list")
