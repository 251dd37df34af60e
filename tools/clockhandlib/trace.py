"""`clockhand trace`: a run and a recording of it (format: docs/traces.md)."""

from __future__ import annotations

import argparse
import os
import time
from typing import Any, Iterator, TextIO

from . import machine, qemu, run
from .errors import LauncherError

WIRE_VERSION = 1
LIVE_VERSION = 1
REFERENCE_VERSION = 2
LIVE_KINDS = "fault,evict,scan,policy,process"
PROGRESS_SECONDS = 3
ACCESSES = "rwx"
MARKS = "klz"
PLANS = ("wait", "stale", "protect", "zero-map", "map", "zero", "source", "copy", "swap-in", "read")
FAULT_ACCESSES = {1: "r", 2: "w", 4: "x"}

(PAGE, FAULT, INSERT, REMOVE, PIN, LOOK, EVICT, SWITCH, START, EXEC, EXIT, PROCESS,
 END) = range(0xc0, 0xcd)
FRAME_RECORDS = {INSERT: "insert", REMOVE: "remove", PIN: "pin"}


def trace(options: argparse.Namespace) -> int:
    if options.emulator != "qemu":
        raise LauncherError("a trace goes out over QEMU's debug console; Bochs has none")
    kind = "trace" if options.live else "ref"
    path = options.out or f"{os.path.basename(options.program[0])}.{kind}"
    run.check_writable("--out", path)
    options.append = options.append + [f"trace={LIVE_KINDS if options.live else 'reference'}"]
    recorder = Recorder(path, options.live, " ".join(options.program), options.quiet)
    return run.run(options, recorder)


def of_shell(options: argparse.Namespace) -> Recorder | None:
    """What all processes of a `shell --trace FILE` do, or None."""
    if options.trace is None:
        return None
    run.check_writable("--trace", options.trace)
    options.append = options.append + [f"trace={LIVE_KINDS}"]
    return Recorder(options.trace, True, "shell")


class Recorder:
    """The machine's debug console, followed while it runs and told in words at the end."""

    def __init__(self, path: str, live: bool, program: str, quiet: bool = False) -> None:
        self.path, self.live, self.program, self.quiet = path, live, program, quiet
        self.wire = None
        self.started = self.told = time.monotonic()

    def connect(self, space: machine.Workspace) -> list[str]:
        """QEMU's words for it."""
        self.wire = space.write("trace", b"")
        return ["-chardev", f"file,id=trace,path={qemu.quote(self.wire)}",
                "-device", "isa-debugcon,iobase=0xe9,chardev=trace"]

    def pump(self) -> bool:
        """As a channels.Tail: tells now and then how far it is."""
        now = time.monotonic()
        if now - self.told >= PROGRESS_SECONDS and not self.quiet:
            self.told = now
            run.say(f"{now - self.started:.0f} s, {os.path.getsize(self.wire):,} bytes of trace")
        return False

    def conclude(self, record: dict[str, Any] | None) -> None:
        with open(self.wire, "rb") as source:
            data = source.read()
        if not data:
            run.say("the kernel sent no trace")
            return
        words, body = header(data)
        write = write_live if self.live else write_references
        with open(self.path, "w", encoding="ascii", errors="replace") as out:
            count, complete = write(out, {"program": self.program, **words}, data[body:])
        if not self.quiet:
            what = "records" if self.live else "stays on a page"
            run.say(f"{count:,} {what} in {self.path}")
        if not complete or record is None:
            run.say(f"the trace breaks off: {self.path} is not complete")


def header(data: bytes) -> tuple[dict[str, str], int]:
    """({word: value} of the first line, where the records begin)"""
    line, newline, _ = data[:200].partition(b"\n")
    words = line.decode("ascii", "replace").split()
    if not newline or words[:1] != ["clockhand-trace"]:
        raise LauncherError("the kernel sent no trace")
    if words[1] != str(WIRE_VERSION):
        raise LauncherError(f"version {words[1]} of the trace; this launcher reads {WIRE_VERSION}")
    return dict(word.split("=", 1) for word in words[2:]), len(line) + 1


class Cut(Exception):
    """The machine ended in the middle of a record."""


class Reader:
    """Fields of the records, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise Cut
        value = self.data[self.at]
        self.at += 1
        return value

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value

    def name(self) -> str:
        end = self.data.find(0, self.at)
        if end < 0:
            raise Cut
        name = self.data[self.at:end].decode("ascii", "replace").replace(" ", "?")
        self.at = end + 1
        return name


def stays(data: bytes) -> Iterator[tuple[int, str, int] | None]:
    """(page, "r", "w" or "x", marks) of each reference, then None if the trace is complete.

    A page used several times running is one stay; written, if any of the uses wrote.
    """
    reader = Reader(data)
    places = [(0, 0)] * 64
    last = access = None
    while reader.at < len(data):
        byte = data[reader.at]
        reader.at += 1
        if byte < PAGE:
            place = places[byte & 63]
            if place == last:
                access = "w" if byte >> 6 == 1 else access
                continue
            if last:
                yield last[0], access, last[1]
            last, access = place, ACCESSES[byte >> 6]
        elif byte == PAGE:
            place = reader.byte()
            key = reader.number()
            places[place] = (key >> 3, key & 7)
        elif byte == END:
            if last:
                yield last[0], access, last[1]
            yield None
            return
        else:
            raise LauncherError(f"a record {byte:#x} among the references")


def write_references(out: TextIO, facts: dict[str, str], data: bytes) -> tuple[int, bool]:
    out.write(f"# clockhand-reference {REFERENCE_VERSION}\n")
    for key, value in facts.items():
        out.write(f"# {key}={value}\n")
    count = 0
    try:
        for stay in stays(data):
            if stay is None:
                return count, True
            page, access, marks = stay
            text = "".join(mark for bit, mark in enumerate(MARKS) if marks >> bit & 1)
            out.write(f"{page:#x} {access}{' ' + text if text else ''}\n")
            count += 1
    except Cut:
        pass
    return count, False


def live_records(data: bytes) -> Iterator[tuple[object, ...]]:
    """Each record as a tuple of words, ("end",) if the trace is complete."""
    reader = Reader(data)
    while reader.at < len(data):
        what = reader.byte()
        if what == FAULT:
            plan, bits = PLANS[reader.byte()], reader.byte()
            page, frame = reader.number(), reader.number()
            yield ("fault", plan, "major" if bits & 1 else "minor", FAULT_ACCESSES[bits >> 1],
                   f"{page:#x}", frame)
        elif what in FRAME_RECORDS:
            yield (FRAME_RECORDS[what], reader.number())
        elif what == LOOK:
            value = reader.number()
            yield ("look", value >> 1, value & 1)
        elif what == EVICT:
            value = reader.number()
            yield ("evict", value >> 1, "written" if value & 1 else "clean", reader.number())
        elif what == SWITCH:
            yield ("policy", reader.name())
        elif what in (START, EXIT, PROCESS):
            yield ({START: "start", EXIT: "exit", PROCESS: "process"}[what], reader.number())
        elif what == EXEC:
            yield ("exec", reader.number(), reader.name())
        elif what == END:
            yield ("end",)
            return
        else:
            raise LauncherError(f"a record {what:#x} that this launcher does not know")


def write_live(out: TextIO, facts: dict[str, str], data: bytes) -> tuple[int, bool]:
    out.write(f"# clockhand-live {LIVE_VERSION}\n")
    for key, value in facts.items():
        out.write(f"# {key}={value}\n")
    count = 0
    words = None
    try:
        for words in live_records(data):
            out.write(" ".join(map(str, words)) + "\n")
            count += 1
    except Cut:
        pass
    return count, words == ("end",)
