"""`test`: the kernel's self-tests in every emulator there is.

A leg has passed when its plan is complete and every result is ok, and the RESULT record says so,
and the emulator ended as only a passing kernel ends it. QEMU ends with status 0 on a triple
fault, so no single one of these is enough.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from . import bochs, channels, guestroot, ktap, machine, paths, qemu

POLL_SECONDS = 0.02


class Leg:
    """One emulator's run: prints its lines with a prefix and collects what is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.results = ktap.Results()
        self.rest = b""

    def pump_text(self, data: bytes) -> None:
        """Console output as it comes; complete lines are judged and printed."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.line(line.decode("utf-8", "replace").rstrip("\r"))

    def line(self, text: str) -> None:
        if self.results.take(text):
            print(f"{self.name}: {text}", flush=True)
        elif text.strip():
            print(f"# {text}", flush=True)

    def finish(self, problems: list[str], record: dict[str, Any] | None) -> bool:
        """Print the leg's verdict; returns whether it passed."""
        if self.rest:
            self.pump_text(b"\n")
        problems = problems + self.results.problems() + check_record(record, self.results)
        for problem in problems:
            print(f"# {self.name}: FAILED: {problem}", flush=True)
        if not problems:
            skipped = self.results.skipped()
            note = f", {skipped} of them skipped" if skipped else ""
            print(f"# {self.name}: all {self.results.planned} passed{note}", flush=True)
        return not problems


def check_record(record: dict[str, Any] | None, results: ktap.Results) -> list[str]:
    if record is None:
        return ["no RESULT record came"]
    if record["outcome"] != "selftest":
        return [f"the RESULT record says '{record['outcome']}'"]
    told = record.get("passed"), record.get("failed")
    if told != (results.passed(), len(results.failed())):
        return [f"the RESULT record says {told[0]} passed, {told[1]} failed; "
                f"the console {results.passed()} and {len(results.failed())}"]
    return []


class LegTail:
    """A console file followed into a Leg; in the shape of channels.Tail."""

    def __init__(self, path: str, leg: Leg) -> None:
        self.source = open(path, "rb", buffering=0)
        self.leg = leg

    def pump(self) -> bool:
        data = self.source.read()
        if data:
            self.leg.pump_text(data)
        return bool(data)


def selftest_word(options: argparse.Namespace) -> str:
    return f"selftest={options.glob}" if options.glob else "selftest"


def run_qemu(options: argparse.Namespace) -> bool:
    leg = Leg("qemu")
    root = guestroot.GuestRoot(options.root)
    with machine.Workspace() as space:
        blobs = {"cmdline": space.write("cmdline", os.fsencode(
            machine.kernel_words(options, selftest_word(options))))}
        archives = []
        if root.write_overlay(space.file("overlay.cpio")):
            blobs["initrd"] = space.file("overlay.cpio")
            archives.append(blobs["initrd"])
        log, control, out, err = space.empty_files("log", "control", "stdout", "stderr")
        words = qemu.command(paths.image(), machine.memory_bytes(options, *archives),
                             [qemu.file_port(path) for path in (log, control, out, err)], blobs)
        messages = space.file("messages")
        boot = machine.Boot(qemu.start(words, messages), log, control, messages)
        try:
            boot.watch([LegTail(log, leg)], options.timeout)
        finally:
            qemu.stop(boot.process)
        boot.check_started()
        return leg.finish(qemu_problems(boot, options), boot.record())


def qemu_problems(boot: machine.Boot, options: argparse.Namespace) -> list[str]:
    """What the way QEMU ended says."""
    if boot.timed_out:
        return [f"hang: nothing ended the machine within {options.timeout:g} seconds"]
    if boot.lingered:
        return ["the kernel wrote its record but did not power the machine off"]
    return {
        qemu.PASSED: [],
        qemu.FAILED: ["the kernel ended with status 35: failed"],
        qemu.PANICKED: ["the kernel panicked (status 37)"],
        0: ["QEMU ended with status 0: a triple fault or a reset"],
    }.get(boot.status(), [f"QEMU ended with status {boot.status()}"])


def run_bochs(options: argparse.Namespace) -> bool:
    leg = Leg("bochs")
    reason = bochs.why_not()
    if reason:
        print(f"bochs: 1..0 # SKIP {reason}", flush=True)
        return True
    words = machine.kernel_words(options, selftest_word(options))
    root = guestroot.GuestRoot(options.root)
    with machine.Workspace() as space:
        overlay = space.file("overlay.cpio")
        archives = [overlay] if root.write_overlay(overlay) else []
        boot, screen = bochs.boot(space, machine.memory_bytes(options, *archives), words, *archives)
        try:
            boot.watch([LegTail(boot.log, leg), screen], options.timeout)
        finally:
            qemu.stop(boot.process)
        return leg.finish(bochs.problems(boot), boot.record())


def test(options: argparse.Namespace) -> int:
    """Returns 0 only if every leg passed."""
    passed = True
    if options.emulator in ("qemu", "both"):
        passed = run_qemu(options)
    if options.emulator in ("bochs", "both"):
        passed = run_bochs(options) and passed
    sys.stdout.flush()
    return 0 if passed else 1
