"""Sizes: "64M" <-> bytes, and how a person reads them."""

from __future__ import annotations

import argparse

PAGE = 4096
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def parse(text: str) -> int:
    """Bytes of a size like 8388608, 8192K, 8M or 1G; for argparse."""
    word = text.strip().upper()
    unit = word[-1:] if word[-1:] in ("K", "M", "G") else ""
    digits = word[: len(word) - len(unit)]
    if not (digits.isascii() and digits.isdigit()):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size: use bytes or K, M, G, as in 64M")
    return int(digits) * UNITS[unit]


def word(nbytes: int) -> str:
    """The shortest exact spelling, for the kernel's command line."""
    for unit in ("G", "M", "K"):
        if nbytes and nbytes % UNITS[unit] == 0:
            return f"{nbytes // UNITS[unit]}{unit}"
    return str(nbytes)


def page_up(nbytes: int) -> int:
    return (nbytes + PAGE - 1) // PAGE * PAGE


def human(nbytes: int) -> str:
    """"1.3 MiB": at most one digit after the point, exact where it is whole."""
    for unit, name in (("G", "GiB"), ("M", "MiB"), ("K", "KiB")):
        if nbytes >= UNITS[unit]:
            value = nbytes / UNITS[unit]
            return f"{value:.0f} {name}" if value == int(value) else f"{value:.1f} {name}"
    return f"{nbytes} bytes"
