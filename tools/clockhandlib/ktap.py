"""KTAP: the self-tests' lines on the console, among the kernel's log.

    KTAP version 1
    1..2
    ok 1 frame_splits_and_merges
    # a diagnostic line
    not ok 2 clock_spares_a_page_in_use

A line in no such shape is the log's. A plan is complete when every number from 1 to its end has
come exactly once and in order.
"""

from __future__ import annotations

import re

RESULT = re.compile(r"(?P<verdict>ok|not ok) (?P<number>\d+)(?: -)? ?(?P<name>[^#]*)"
                    r"(?P<directive>#.*)?$")
PLAN = re.compile(r"1\.\.(?P<last>\d+)(?: *# *SKIP.*)?$", re.IGNORECASE)
VERSION = re.compile(r"K?TAP version \d+$")


class Results:
    """Takes the console's lines one by one and knows in the end what to think of them."""

    def __init__(self) -> None:
        self.planned = None
        self.results = []   # (ok, number, name, skipped)
        self.plans = 0

    def take(self, line: str) -> bool:
        """Returns whether @line is KTAP."""
        if VERSION.match(line) or line.startswith("#"):
            return True
        plan = PLAN.match(line)
        if plan:
            self.planned = int(plan["last"])
            self.plans += 1
            return True
        result = RESULT.match(line)
        if result:
            skipped = "skip" in (result["directive"] or "").lower()
            self.results.append((result["verdict"] == "ok", int(result["number"]),
                                 result["name"].strip(), skipped))
            return True
        return False

    def passed(self) -> int:
        return sum(ok for ok, *_ in self.results)

    def failed(self) -> list[str]:
        return [name or str(number) for ok, number, name, _ in self.results if not ok]

    def skipped(self) -> int:
        return sum(skipped for *_, skipped in self.results)

    def problems(self) -> list[str]:
        """Why this is no success, as lines; none if it is one."""
        found = []
        if self.planned is None:
            found.append("no plan (1..N) came")
        elif self.plans > 1:
            found.append(f"{self.plans} plans came: the machine started again")
        elif [number for _, number, *_ in self.results] != list(range(1, self.planned + 1)):
            found.append(f"the plan promises {self.planned} results, {len(self.results)} came"
                         + ("" if len(self.results) != self.planned else " out of order"))
        if self.planned == 0:
            found.append("the plan is empty: no test has such a name")
        found += [f"failed: {name}" for name in self.failed()]
        return found
