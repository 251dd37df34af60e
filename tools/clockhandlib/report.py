"""What a run says about memory: for a person, and as JSON."""

from __future__ import annotations

import argparse
import json
import signal
from typing import Any

from . import sizes

COUNTS = ("frames_total", "frames_limit", "swap_slots", "minor_faults", "major_faults",
          "zero_fills", "cow_copies", "file_ins", "swap_ins", "swap_outs", "evictions",
          "evictions_clean", "peak_resident_pages", "frames_leaked", "slots_leaked",
          "objects_leaked")
TIMES = ("instructions", "user_instructions", "idle_instructions")  # with --icount
LEAKS = (("frames_leaked", "frame"), ("slots_leaked", "slot"), ("objects_leaked", "object"))


def build(options: argparse.Namespace, outcome: str,
          record: dict[str, Any] | None) -> dict[str, Any]:
    """The report as a dict with exactly the contract's keys; what is not known is None.

    @outcome: exited, signaled, timeout or panic.  @record: the kernel's, or None.
    """
    record = record or {}
    report = {
        "outcome": outcome,
        "exit_status": record.get("exit_status") if outcome == "exited" else None,
        "signal": record.get("signal") if outcome == "signaled" else None,
        "policy": record.get("policy", options.policy),
        "ram_bytes": options.ram,
    }
    for key in COUNTS:
        report[key] = record.get(key)
    for key in TIMES:
        report[key] = record.get(key) if options.icount else None
    report["useful_share"] = useful_share(report)
    return report


def useful_share(report: dict[str, Any]) -> float | None:
    """User instructions of all; a halted CPU counts on, so its waiting is among all."""
    if not report["instructions"] or report["user_instructions"] is None:
        return None
    return round(report["user_instructions"] / report["instructions"], 4)


def write_json(report: dict[str, Any], path: str) -> None:
    with open(path, "w", encoding="ascii") as out:
        json.dump(report, out, indent=2)
        out.write("\n")


def ran(report: dict[str, Any]) -> bool:
    """Whether the program got as far as its first page; true where nothing is known."""
    return report["peak_resident_pages"] != 0


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def ending(report: dict[str, Any], timeout: float) -> str:
    if report["outcome"] == "exited":
        return f"exited with status {report['exit_status']}"
    if report["outcome"] == "signaled":
        return f"ended by signal {report['signal']} ({signal_name(report['signal'])})"
    if report["outcome"] == "timeout":
        return f"stopped after {timeout:g} seconds"
    return "did not finish: the kernel failed"


def setting(report: dict[str, Any], options: argparse.Namespace) -> str:
    parts = [f"{sizes.human(report['ram_bytes'])} RAM"]
    if options.frames is not None:
        parts.append(f"{count(options.frames)} frames for user pages")
    parts.append(f"{sizes.human(options.swap)} swap" if options.swap else "no swap")
    if report["policy"]:
        parts.append(f"policy {report['policy']}")
    return ", ".join(parts)


def count(number: int) -> str:
    return f"{number:,}"


def text(report: dict[str, Any], options: argparse.Namespace, program: str) -> list[str]:
    """The lines for a person."""
    lines = [f"{program} {ending(report, options.timeout)}", f"  on {setting(report, options)}"]
    if report["minor_faults"] is None:
        return lines
    total = report["minor_faults"] + report["major_faults"]
    rows = [
        ("faults", total, [("minor_faults", "minor"), ("major_faults", "major")]),
        ("filled", None, [("zero_fills", "with zeroes"), ("file_ins", "from files"),
                          ("swap_ins", "from swap"), ("cow_copies", "copied on write")]),
        ("evicted", report["evictions"], [("swap_outs", "written to swap"),
                                          ("evictions_clean", "clean")]),
    ]
    for title, all_of_it, parts in rows:
        whole = "" if all_of_it is None else count(all_of_it)
        detail = "   ".join(f"{count(report[key])} {name}" for key, name in parts)
        lines.append(f"  {title:<13}{whole:>11}   {detail}")
    peak = report["peak_resident_pages"]
    size = sizes.human(peak * sizes.PAGE)
    lines.append(f"  {'peak resident':<13}{count(peak):>11}   pages, {size}")
    lines.append(f"  {'leaked':<13}{leaks(report):>11}")
    if report["instructions"] is not None:
        share = "" if report["useful_share"] is None else \
            f"   {100 * report['useful_share']:.1f} % in user mode"
        lines.append(f"  {'instructions':<13}{count(report['instructions']):>11}{share}")
    return lines


def leaks(report: dict[str, Any]) -> str:
    found = [f"{count(report[key])} {name}{'s' if report[key] != 1 else ''}"
             for key, name in LEAKS if report[key]]
    return ", ".join(found) or "nothing"
