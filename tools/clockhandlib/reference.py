"""Reference strings: the pages a program used, in order (format: docs/replay.md)."""

import array
import re
import sys

from .errors import LauncherError

VERSIONS = ("1", "2")
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


def read(path, managed=False):
    """A file, or standard input for `-`. @managed: without the pages that no policy knew."""
    try:
        if path == "-":
            return parse(sys.stdin, "standard input", managed)
        with open(path, encoding="ascii", errors="replace") as lines:
            return parse(lines, path, managed)
    except OSError as error:
        raise LauncherError(f"{path}: {error.strerror}") from error


def parse(lines, source, managed=False):
    string = ReferenceString()
    for number, line in enumerate(lines, 1):
        header = HEADER.match(line)
        if header and header.group(1) not in VERSIONS:
            raise LauncherError(f"{source}: version {header.group(1)} of the format; this launcher "
                                f"reads versions {' and '.join(VERSIONS)}")
        try:
            add_line(string, line.partition("#")[0], managed)
        except ValueError as error:
            raise LauncherError(f"{source}:{number}: {error}") from error
    if not string:
        raise LauncherError(f"{source}: there is no page in it")
    return string


def add_line(string, line, managed=False):
    """PAGE [r|w|x [MARKS]], or several pages with commas or blanks between them."""
    words = line.replace(",", " ").split()
    if 2 <= len(words) <= 3 and words[1] in ACCESSES:
        marks = words[2] if len(words) == 3 else ""
        if marks.strip("ku"):
            raise ValueError(f"'{marks}' are no marks")
        if not (managed and "u" in marks):
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
