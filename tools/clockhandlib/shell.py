"""`shell`: the guest's console on this terminal.

COM1 is a socket pair; the launcher relays between it and its own standard input and output. On a
terminal every key goes to the guest at once, Ctrl-C too; Ctrl-A x leaves. When standard input is
something else (a pipe, a file, /dev/null, closed) it is typed in for the user: a line at a time,
the next when the guest is back at its prompt, or when its machine waits: silent, and with nothing
to compute, for a second of its own (machine.Pace). A busy host makes that second longer; it never
makes a line come too early, for firmware that swallows it or a program that is not yet there. At
the end of input the guest gets ^D until it powers off.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import socket
import subprocess
import sys
import termios
import time
import tty
from typing import Sequence

from . import channels, guestroot, machine, paths, qemu, trace
from .errors import STATUS_NO_RECORD, STATUS_TIMEOUT
from .run import explain, say

ESCAPE, END_OF_INPUT = b"\x01", b"\x04"
PROMPT = re.compile(rb"[$#>] $")
READ_BYTES = 4096
TYPE_BYTES = 16         # what a UART's receive buffer holds
IDLE_SECONDS = 1.0      # a machine that is idle and silent for so long waits for input
BOOT_SECONDS = 5.0      # the same before the first prompt
INPUT_END_SECONDS = 600.0


class Typist:
    """Decides what to send to the guest and when: by what it prints, and by its idle time."""

    def __init__(self, interactive: bool, pace: machine.Pace) -> None:
        self.interactive, self.pace = interactive, pace
        self.queue = self.typed = b""
        self.tail = b""
        self.escaped = self.leave = self.ended = self.hang_up = self.prompted = False
        self.ready = False

    def hear(self, data: bytes) -> None:
        """The guest printed @data."""
        self.tail = (self.tail + data)[-8:]
        self.pace.restart()
        if PROMPT.search(self.tail):
            self.ready = self.prompted = True

    def take(self, data: bytes) -> None:
        """The user typed @data; on a terminal Ctrl-A is ours."""
        if not self.interactive:
            self.queue += data
            self.typed = data or self.typed
            return
        for key in (data[at:at + 1] for at in range(len(data))):
            if self.escaped:
                self.escaped = False
                if key in b"xX":
                    self.leave = True
                    return
                self.queue += key if key == ESCAPE else ESCAPE + key
            elif key == ESCAPE:
                self.escaped = True
            else:
                self.queue += key

    def end(self, tell_guest: bool) -> None:
        """No more will be typed."""
        self.ended = True
        self.hang_up = tell_guest
        if not self.interactive and self.typed[-1:] not in (b"", b"\n"):
            self.queue += b"\n"  # a last line without its end is meant all the same
        self.interactive = False

    def is_waited_for(self) -> bool:
        """Whether the guest waits for input, as far as one can see from outside."""
        self.pace.look()
        if self.pace.idle < (IDLE_SECONDS if self.prompted else BOOT_SECONDS):
            return False
        self.pace.restart()
        return True

    def next_bytes(self) -> bytes:
        """What to send now, at most TYPE_BYTES; b"" if it is better to wait."""
        if not self.ready:
            self.ready = bool(self.queue or self.hang_up) and self.is_waited_for()
        if not self.ready:
            return b""
        if not self.queue:
            if not self.hang_up:
                return b""
            self.ready = False
            return END_OF_INPUT
        if self.interactive:
            size = TYPE_BYTES
        else:
            newline = self.queue.find(b"\n")
            size = min(TYPE_BYTES, newline + 1 if newline >= 0 else TYPE_BYTES)
        out, self.queue = self.queue[:size], self.queue[size:]
        if not self.interactive and out.endswith(b"\n"):
            self.ready = False
        return out


class Terminal:
    """Standard input, raw if it is a terminal; always as it was afterwards."""

    def __init__(self) -> None:
        try:
            self.descriptor = sys.stdin.fileno()
            self.interactive = os.isatty(self.descriptor)
        except (AttributeError, OSError, ValueError):  # closed
            self.descriptor, self.interactive = None, False
        self.saved = None

    def __enter__(self) -> Terminal:
        if self.interactive:
            self.saved = termios.tcgetattr(self.descriptor)
            tty.setraw(self.descriptor)
        return self

    def __exit__(self, *_: object) -> None:
        if self.saved is not None:
            termios.tcsetattr(self.descriptor, termios.TCSADRAIN, self.saved)

    def read(self) -> bytes:
        """What was typed; b"" at the end of input."""
        try:
            return os.read(self.descriptor, READ_BYTES)
        except OSError:
            return b""


def relay(process: subprocess.Popen[bytes], guest: socket.socket, terminal: Terminal,
          timeout: float | None, at_end: bool = True) -> str:
    """Until the machine ends or the user leaves. Returns "ended", "left" or "timeout".

    @at_end: whether the guest hears of the end of input.
    """
    typist = Typist(terminal.interactive, machine.Pace(process.pid))
    deadline = time.monotonic() + timeout if timeout else None
    plain = not os.isatty(1)
    if terminal.descriptor is None:
        typist.end(at_end)
    guest_open = True
    while guest_open or process.poll() is None:
        watched = [guest] if guest_open else []
        if not typist.ended and len(typist.queue) < READ_BYTES:
            watched.append(terminal.descriptor)
        readable, _, _ = select.select(watched, [], [], 0.02)
        if guest in readable:
            data = guest_read(guest)
            guest_open = bool(data)
            typist.hear(data)
            channels.write_all(1, data.replace(b"\r", b"") if plain else data)
        if terminal.descriptor in readable:
            data = terminal.read()
            typist.take(data)
            if not data:
                typist.end(at_end)
        if typist.leave:
            return "left"
        if typist.hang_up and not deadline:
            deadline = time.monotonic() + INPUT_END_SECONDS
        if deadline and time.monotonic() > deadline:
            return "timeout"
        if guest_open:
            type_in(guest, typist.next_bytes())
    return "ended"


def guest_read(guest: socket.socket) -> bytes:
    try:
        return guest.recv(READ_BYTES)
    except ConnectionError:
        return b""


def type_in(guest: socket.socket, data: bytes) -> None:
    try:
        guest.sendall(data)
    except (BrokenPipeError, ConnectionError):
        pass  # the machine has just ended; reading from it says so


def start(options: argparse.Namespace, space: machine.Workspace, extra: Sequence[str] = (),
          serial_words: Sequence[str] = ()) -> tuple[machine.Boot, socket.socket]:
    """Boot with the console on a socket. Returns (boot, the launcher's end of the socket)."""
    root = guestroot.GuestRoot(options.root)
    blobs = {"cmdline": space.write("cmdline", os.fsencode(
        machine.kernel_words(options, *serial_words)))}
    archives = []
    if root.write_overlay(space.file("overlay.cpio")):
        blobs["initrd"] = space.file("overlay.cpio")
        archives.append(blobs["initrd"])
    log, control = space.empty_files("log", "control")
    ours, theirs = socket.socketpair()
    extra = ["-chardev", f"socket,id=console,fd={theirs.fileno()}", *extra]
    if getattr(options, "qmp", None):
        extra += ["-qmp", f"unix:{qemu.quote(options.qmp)},server=on,wait=off"]
    words = qemu.command(paths.image(), machine.memory_bytes(options, *archives),
                         ["chardev:console", qemu.file_port(control)], blobs,
                         display=getattr(options, "display", "none"), extra=extra)
    messages = space.file("messages")
    process = qemu.start(words, messages, pass_fds=(theirs.fileno(),))
    theirs.close()
    return machine.Boot(process, log, control, messages), ours


def shell(options: argparse.Namespace) -> int:
    """Returns 0 if the user left or the machine powered off cleanly."""
    with machine.Workspace() as space, Terminal() as terminal:
        recorder = trace.of_shell(options)
        boot, guest = start(options, space, recorder.connect(space) if recorder else ())
        if terminal.interactive:
            sys.stderr.write("clockhand: booting; Ctrl-A x leaves\r\n")
        try:
            ending = relay(boot.process, guest, terminal, options.timeout)
        except channels.OutputClosed:
            ending = "left"
        finally:
            qemu.stop(boot.process)
            guest.close()
        terminal.__exit__()
        boot.check_started()
        if recorder:
            recorder.conclude(boot.record())
        return conclude(boot, ending)


def conclude(boot: machine.Boot, ending: str) -> int:
    if ending == "left":
        return 0
    record = boot.record()
    if ending == "timeout":
        say("time ran out")
        return STATUS_TIMEOUT
    if record is None or boot.status() != qemu.PASSED:
        explain(boot, record)
        return STATUS_NO_RECORD
    return 0
