"""Reference strings made to a pattern, the same for the same numbers: what policies differ on."""

from __future__ import annotations

import itertools
import random
from typing import Iterator

from .reference import ReferenceString


def loop(_source: random.Random, length: int, pages: int) -> Iterator[int]:
    """All pages in turn, again and again."""
    return (i % pages for i in range(length))


def uniform(source: random.Random, length: int, pages: int) -> Iterator[int]:
    """Any page, each as likely."""
    return (int(pages * source.random()) for _ in range(length))


def eighty_twenty(source: random.Random, length: int, pages: int) -> Iterator[int]:
    """Four references in five go to a fifth of the pages."""
    hot = max(pages // 5, 1)
    for _ in range(length):
        if source.random() < 0.8:
            yield int(hot * source.random())
        else:
            yield hot + int((pages - hot) * source.random())


def scan(source: random.Random, length: int, pages: int) -> Iterator[int]:
    """Three references in four to any of the pages, the fourth to a page that never comes again."""
    for i in range(length):
        yield pages + i // 4 if i % 4 == 3 else int(pages * source.random())


def phases(source: random.Random, length: int, pages: int) -> Iterator[int]:
    """Twenty phases; each uses pages of its own, the lower ones more often."""
    for i in range(length):
        page = min(source.random(), source.random())
        yield i * 20 // length * pages + int(pages * page)


def polluted(source: random.Random, length: int, pages: int) -> Iterator[int]:
    """Rounds of two parts: three fifths of the pages, the hot set, are used six times over in any
    order; then a scan reads as many pages as the other two fifths are, out of a file ten times as
    large, where the scan before left off."""
    hot = pages * 3 // 5
    scanned, file_pages = pages - hot, 10 * (pages - hot)

    def rounds() -> Iterator[int]:
        at = 0
        while True:
            for _ in range(6):
                yield from source.sample(range(hot), hot)
            yield from (hot + (at + i) % file_pages for i in range(scanned))
            at += scanned
    return itertools.islice(rounds(), length)


PATTERNS = {"loop": loop, "uniform": uniform, "80-20": eighty_twenty, "scan": scan,
            "phases": phases, "polluted": polluted}


def make(name: str, length: int, pages: int, seed: int) -> ReferenceString:
    string = ReferenceString()
    for page in PATTERNS[name](random.Random(seed), length, pages):
        string.add(page)
    return string
