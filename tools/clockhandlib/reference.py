"""Reference strings: the pages a program used, in order (format: docs/replay.md)."""

import array
import re
import sys

from .errors import LauncherError

VERSION = 1
HEADER = re.compile(r"#\s*clockhand-reference\s+(\S+)\s*$")
ACCESSES = {"r": 0, "x": 0, "w": 1}


class ReferenceString:
    """Pages are numbered anew, without gaps; names[n] is what page n is called in the source."""

    def __init__(self):
        self.words = array.array("I")  # page << 1, plus 1 if it is written
        self.names = []
        self._numbers = {}

    def add(self, name, written=0):
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        self.words.append(number << 1 | written)

    def __len__(self):
        return len(self.words)


def read(path):
    """A file, or standard input for `-`."""
    try:
        if path == "-":
            return parse(sys.stdin, "standard input")
        with open(path, encoding="ascii", errors="replace") as lines:
            return parse(lines, path)
    except OSError as error:
        raise LauncherError(f"{path}: {error.strerror}") from error


def parse(lines, source):
    string = ReferenceString()
    for number, line in enumerate(lines, 1):
        header = HEADER.match(line)
        if header and header.group(1) != str(VERSION):
            raise LauncherError(f"{source}: version {header.group(1)} of the format; this launcher "
                                f"reads version {VERSION}")
        try:
            add_line(string, line.partition("#")[0])
        except ValueError as error:
            raise LauncherError(f"{source}:{number}: {error}") from error
    if not string:
        raise LauncherError(f"{source}: there is no page in it")
    return string


def add_line(string, line):
    """PAGE [r|w|x], or several pages with commas or blanks between them."""
    words = line.replace(",", " ").split()
    if len(words) == 2 and words[1] in ACCESSES:
        string.add(page(words[0]), ACCESSES[words[1]])
        return
    for word in words:
        string.add(page(word))


def page(word):
    try:
        number = int(word, 0) if word[:2].lower() == "0x" else int(word)
    except ValueError:
        number = -1
    if not 0 <= number < 1 << 64:
        raise ValueError(f"'{word}' is not a page's number")
    return number


def from_list(text):
    return parse([text], "the list")
