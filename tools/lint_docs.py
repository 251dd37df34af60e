"""The rule of `make lint` about pages that tell the reader where things are.

docs/ARCHITECTURE.md and docs/tour.md name files and functions. Each file named must exist, and each
function, `name()`, be defined in a file that the same line names, or anywhere if it names none.
"""

from __future__ import annotations

import re
from typing import Any, Iterator

PAGES = ("docs/ARCHITECTURE.md", "docs/tour.md")
FILE = re.compile(r"(?<![\w./])(?:\.\./)?((?:[\w-]+/)+[\w-]+\.(?:c|h|asm|md|py))\b")
FUNCTION = re.compile(r"`(\w+)\(\)`")
# A page, files that are there, how many complaints.
DOC_SAMPLES = (
    ("`f()` is in mm/a.c\n", {"mm/a.c": "int f(int a,\n      int b)\n{\n}\n"}, 0),
    ("`f()` is in mm/a.c\n", {"mm/a.c": "\tf();\nint f(void);\n"}, 1),
    ("`f()` is in mm/a.c\n", {"mm/a.c": "", "mm/b.c": "int f(void)\n{\n}\n"}, 1),
    ("`f()` is somewhere\n", {"mm/b.c": "int f(void)\n{\n}\n"}, 0),
    ("see [mm/a.c](../mm/a.c)\n", {}, 1),
)


def defines(text: str, function: str) -> bool:
    """Whether a C file has the function's body, whose brace stands alone in column one."""
    heading = rf"^[A-Za-z_][^\n;]*\b{function}\([^;{{}}]*\)[^;{{}}]*\n\{{$"
    return re.search(heading, text, re.M) is not None


def page_complaints(text: str, files: dict[str, str]) -> Iterator[tuple[int, str]]:
    """(line number, what is wrong). @files: path -> text of each file there is."""
    for number, line in enumerate(text.split("\n"), 1):
        named = list(dict.fromkeys(FILE.findall(line)))
        for path in named:
            if path not in files and f"docs/{path}" not in files:
                yield number, f"there is no {path}"
        places = [files[path] for path in named if path in files] if named else files.values()
        for function in FUNCTION.findall(line):
            if not any(defines(place, function) for place in places):
                yield number, f"{function}() is not defined in {' or '.join(named) or 'any file'}"


def doc_complaints(sources: list[Any]) -> Iterator[str]:
    files = {source.path: source.text for source in sources}
    for page in PAGES:
        for number, message in page_complaints(files[page], files):
            yield f"{page}:{number}: {message}"
