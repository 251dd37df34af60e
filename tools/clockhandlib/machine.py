"""One boot: a temporary folder, what the kernel is told, an emulator, and how it ended."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from typing import Any, Callable, NoReturn, Protocol, Sequence

from . import channels, paths, qemu, record, sizes
from .errors import LauncherError

POLL_SECONDS = 0.01
# The record is the last thing the kernel says; a machine that has not ended after so many seconds
# of its own never will.
POWER_OFF_SECONDS = 5
LOOK_SECONDS = 0.05  # the most that one look at the emulator stands for


class Terminated(BaseException):
    """The launcher was told to end by a signal."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


class Workspace:
    """A temporary folder that is gone afterwards, also when a signal ends the launcher."""

    def __enter__(self) -> Workspace:
        for signum in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, _terminate)
        self.path = tempfile.mkdtemp(prefix="clockhand-")
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name: str) -> str:
        return os.path.join(self.path, name)

    def write(self, name: str, data: bytes) -> str:
        with open(self.file(name), "wb") as out:
            out.write(data)
        return self.file(name)

    def empty_files(self, *names: str) -> list[str]:
        return [self.write(name, b"") for name in names]


def _terminate(signum: int, _frame: object) -> NoReturn:
    raise Terminated(signum)


def kernel_words(options: argparse.Namespace, *more: str) -> str:
    """The words for the kernel's command line that the options stand for."""
    words = list(more) + [f"swap={sizes.word(options.swap)}"]
    if options.frames is not None:
        words.append(f"frames={options.frames}")
    if options.policy is not None:
        words.append(f"policy={options.policy}")
    return " ".join(words + options.append)


def memory_bytes(options: argparse.Namespace, *files: str) -> int:
    """What QEMU gets: --ram, and on top the swap area and the archives @files."""
    archives = [paths.base_archive(), *files]
    return (sizes.page_up(options.ram) + sizes.page_up(options.swap)
            + sum(sizes.page_up(os.path.getsize(path)) for path in archives))


class Pace:
    """How long the emulator has been idle, and how long it has had, on a host that is busy too.

    A wall clock goes on while the emulator waits for a processor, so a slow guest looks like a
    quiet one. Here only what it has used of a processor and what it has slept count. Sleep is
    sampled, and the time between two looks counts only up to LOOK_SECONDS, so that a launcher that
    had to wait itself does not take its own absence for the guest's.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.restart()

    def restart(self) -> None:
        self.idle = 0.0
        self.looked = time.monotonic()
        self.begun = self._used()

    def look(self) -> None:
        """Count the time since the last look as idle if no thread wants a processor now."""
        now = time.monotonic()
        if all(fields[0] == b"S" for fields in self._threads()):
            self.idle += min(now - self.looked, LOOK_SECONDS)
        self.looked = now

    def had(self) -> float:
        """Seconds of its own since the restart."""
        return self.idle + self._used() - self.begun

    def _threads(self) -> list[list[bytes]]:
        """The fields behind the name in each thread's stat file; none when it has ended."""
        folder = f"/proc/{self.pid}/task"
        try:
            return [channels.read_file(f"{folder}/{thread}/stat").rpartition(b")")[2].split()
                    for thread in os.listdir(folder)]
        except OSError:
            return []

    def _used(self) -> float:
        ticks = sum(int(fields[11]) + int(fields[12]) for fields in self._threads())
        return ticks / os.sysconf("SC_CLK_TCK")


class Pumped(Protocol):
    """What follows a running machine: pump() returns whether there was anything new."""

    def pump(self) -> bool:
        ...


class Boot:
    """A running emulator and the files behind its ports."""

    def __init__(self, process: subprocess.Popen[bytes], log: str, control: str,
                 messages: str) -> None:
        self.process = process
        self.log, self.control, self.messages = log, control, messages
        self.timed_out = self.lingered = False

    def watch(self, tails: Sequence[Pumped], timeout: float | None,
              end: Callable[[subprocess.Popen[bytes]], None] = qemu.stop) -> None:
        """Copy @tails out until the machine has ended or @timeout seconds are over; then @end."""
        deadline = time.monotonic() + timeout if timeout else None
        over = None  # its pace since the record
        while self.process.poll() is None:
            busy = [tail.pump() for tail in tails]
            if over is None and os.path.getsize(self.control) and self.record():
                over = Pace(self.process.pid)
            if over is not None:
                over.look()
            self.lingered = over is not None and over.had() >= POWER_OFF_SECONDS
            self.timed_out = (over is None and deadline is not None
                              and time.monotonic() >= deadline)
            if self.lingered or self.timed_out:
                break
            if not any(busy):
                time.sleep(POLL_SECONDS)
        end(self.process)
        for tail in tails:
            tail.pump()

    def record(self) -> dict[str, Any] | None:
        return record.parse(channels.read_file(self.control))

    def status(self) -> int | None:
        return self.process.returncode

    def log_lines(self) -> list[str]:
        text = channels.read_file(self.log).decode("utf-8", "replace")
        plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|[^\n -~\xa0-\uffff]", "", text)
        return [line for line in plain.split("\n") if line.strip()]

    def check_started(self) -> None:
        """The emulator's own refusal (no memory, a bad option) is not the kernel's fault."""
        if self.status() not in (None, 0) and not os.path.getsize(self.log):
            text = channels.read_file(self.messages).decode("utf-8", "replace").strip()
            if text:
                raise LauncherError(f"the emulator did not start: {text}")
