"""The RESULT record: one line on the control channel, the kernel's own word on how it ended.

    RESULT outcome=exited exit_status=0 signal=0 policy=clock frames_total=... instructions=...

Without it the run failed, whatever the emulator's status.
"""

from __future__ import annotations

from typing import Any

WORDS = ("outcome", "policy")


def parse(text: bytes) -> dict[str, Any] | None:
    """The last complete RESULT line in @text as a dict of int (and two str) values, or None."""
    found = None
    for line in text.split(b"\n")[:-1]:
        words = line.decode("ascii", "replace").split()
        if words[:1] == ["RESULT"]:
            found = _fields(words[1:]) or found
    return found


def _fields(words: list[str]) -> dict[str, Any] | None:
    fields = {}
    for field in words:
        key, equals, value = field.partition("=")
        if not equals:
            return None
        if key in WORDS:
            fields[key] = value
        elif value.lstrip("-").isdigit():
            fields[key] = int(value)
        else:
            return None
    return fields if "outcome" in fields else None
