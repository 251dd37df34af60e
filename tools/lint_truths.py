"""The rules of `make lint` about numbered truths.

What is always true of a structure stands in the theory on top of its file, as a list below the
words "Always true"; each truth has a tag, [MODULE.NUMBER]. The same tag stands beside the assertion
that checks it, in what else refers to it, and in gdb's `ck check`.
"""

from __future__ import annotations

import re
from typing import Any, Iterator


def old_tags(source: Any) -> Iterator[tuple[int, str]]:
    """A truth in a list is tagged with its module, so that no tag names two."""
    for number, line, listed in truth_lines(source):
        if listed and re.match(r"( \*)? +[A-Z]{1,3}\d+\b", line):
            yield number, "tag it [module.NUMBER]"


def truth_lines(source: Any) -> Iterator[tuple[int, str]]:
    """(number, line, whether it is in a comment below the words "Always true")."""
    listed = False
    for number, line in enumerate(source.lines, 1):
        listed = "Always true" in line or listed and not re.search(r'\*/|"""', line)
        yield number, line, listed


def truths(source: Any) -> Iterator[tuple[int, str, bool]]:
    """(number, tag, whether it is defined here) for each mention of a truth."""
    if source.path.startswith("tools/lint"):
        return  # its samples
    for number, line, listed in truth_lines(source):
        defined = re.match(r"(?: \*)? +(\[\w+\.\d+\])  ", line) if listed else None
        for tag in re.findall(r"\[[a-z\d]\w*\.\d+\]", line):
            yield number, tag, defined is not None and defined.group(1) == tag


def truth_complaints(sources: list[Any]) -> Iterator[str]:
    """A tag is defined once, and none is used that no theory defines."""
    places = {}
    mentions = [(source.path, *mention) for source in sources for mention in truths(source)]
    for path, number, tag, defined in mentions:
        if defined and tag in places:
            yield f"{path}:{number}: {tag} is defined in {places[tag]} too"
        if defined:
            places.setdefault(tag, path)
    for path, number, tag, _ in mentions:
        if tag not in places:
            yield f"{path}:{number}: no theory defines {tag}"


# Text -> how many complaints its tags bring, were it all there is.
TRUTH_SAMPLES = {
    "/*\n * Always true:\n *   [a.1]  one, see [a.2]\n *   [a.2]  two\n */\n/* [a.1] */\n": 0,
    "/*\n * Always true:\n *   [a.1]  one\n *   [a.1]  two\n */\n": 1,
    "/*\n * Always true:\n *   [a.1]  one\n */\n\tASSERT(x); /* [a.2] */\n": 1,
    "/*\n * About:\n *   [a.1]  one\n */\n": 1,
    '"""Checks.\n\nAlways true:\n    [a.1]  one\n"""\nf("[a.1]", 1)\n': 0,
}
