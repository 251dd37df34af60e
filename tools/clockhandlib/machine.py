"""One boot: a temporary folder, what the kernel is told, an emulator, and how it ended."""

import os
import re
import shutil
import signal
import tempfile
import time

from . import channels, paths, qemu, record, sizes
from .errors import LauncherError

POLL_SECONDS = 0.01
# The record is the last thing the kernel says; a machine that has not ended by then never will.
POWER_OFF_SECONDS = 5


class Terminated(BaseException):
    """The launcher was told to end by a signal."""

    def __init__(self, signum):
        super().__init__(signum)
        self.signum = signum


class Workspace:
    """A temporary folder that is gone afterwards, also when a signal ends the launcher."""

    def __enter__(self):
        for signum in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, _terminate)
        self.path = tempfile.mkdtemp(prefix="clockhand-")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, data):
        with open(self.file(name), "wb") as out:
            out.write(data)
        return self.file(name)

    def empty_files(self, *names):
        return [self.write(name, b"") for name in names]


def _terminate(signum, _frame):
    raise Terminated(signum)


def kernel_words(options, *more):
    """The words for the kernel's command line that the options stand for."""
    words = list(more) + [f"swap={sizes.word(options.swap)}"]
    if options.frames is not None:
        words.append(f"frames={options.frames}")
    if options.policy is not None:
        words.append(f"policy={options.policy}")
    return " ".join(words + options.append)


def memory_bytes(options, *files):
    """What QEMU gets: --ram, and on top the swap area and the archives @files."""
    archives = [paths.base_archive(), *files]
    return (sizes.page_up(options.ram) + sizes.page_up(options.swap)
            + sum(sizes.page_up(os.path.getsize(path)) for path in archives))


class Boot:
    """A running emulator and the files behind its ports."""

    def __init__(self, process, log, control, messages):
        self.process = process
        self.log, self.control, self.messages = log, control, messages
        self.timed_out = self.lingered = False

    def watch(self, tails, timeout, end=qemu.stop):
        """Copy @tails out until the machine has ended or @timeout seconds are over; then @end."""
        deadline = time.monotonic() + timeout if timeout else None
        over = None
        while self.process.poll() is None:
            busy = [tail.pump() for tail in tails]
            now = time.monotonic()
            if over is None and os.path.getsize(self.control) and self.record():
                over = now + POWER_OFF_SECONDS
            self.lingered = over is not None and now >= over
            self.timed_out = over is None and deadline is not None and now >= deadline
            if self.lingered or self.timed_out:
                break
            if not any(busy):
                time.sleep(POLL_SECONDS)
        end(self.process)
        for tail in tails:
            tail.pump()

    def record(self):
        return record.parse(channels.read_file(self.control))

    def status(self):
        return self.process.returncode

    def log_lines(self):
        text = channels.read_file(self.log).decode("utf-8", "replace")
        plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|[^\n -~\xa0-\uffff]", "", text)
        return [line for line in plain.split("\n") if line.strip()]

    def check_started(self):
        """The emulator's own refusal (no memory, a bad option) is not the kernel's fault."""
        if self.status() not in (None, 0) and not os.path.getsize(self.log):
            text = channels.read_file(self.messages).decode("utf-8", "replace").strip()
            if text:
                raise LauncherError(f"the emulator did not start: {text}")
