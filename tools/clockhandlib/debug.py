"""`debug`: the machine stopped before its first instruction, and gdb on QEMU's stub.

With a program it boots as `run` does, without one into the shell; its console is then this
terminal where gdb does not need it (--gdb none), else a file. With --replay the program is recorded
first, and gdb gets the recording (rewind.py).
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import time
from typing import Sequence

from . import channels, guestroot, machine, paths, qemu, rewind, run, shell
from .errors import LauncherError

GDB_SCRIPT = os.path.join(paths.ROOT, "tools", "gdb", "clockhand.py")
POLL_SECONDS = 0.02
STUB_SECONDS = 600  # until somebody listens, or answers: many, the host may be busy


def debug(options: argparse.Namespace) -> int:
    options.icount = False
    paths.kernel()
    extra = ["-S", "-gdb", f"tcp:127.0.0.1:{options.gdb_port}"]
    if options.gdb == "none":
        run.say(f"QEMU waits on 127.0.0.1:{options.gdb_port}; attach with")
        run.say("    " + shlex.join(gdb_command("gdb", options)))
    if options.replay and not options.program:
        raise LauncherError("which program? as in: debug --replay -- /bin/pagesort")
    with machine.Workspace() as space:
        if options.replay:
            return debug_recording(options, space, extra)
        if options.program:
            return debug_program(options, space, extra)
        return debug_shell(options, space, extra)


def gdb_command(gdb: str, options: argparse.Namespace) -> list[str]:
    # The emulator may answer late: on a busy machine, or while it loads a snapshot.
    command = [*shlex.split(gdb), "-q", paths.kernel(), "-ex", f"set remotetimeout {STUB_SECONDS}",
               "-ex", f"target remote 127.0.0.1:{options.gdb_port}", "-ex", f"source {GDB_SCRIPT}"]
    if options.replay:
        # Steps back begin at the snapshot, not at power-on: firmware and loader take longest.
        # Behind the end of the recording there is nothing to stop in.
        command += ["-ex", "python gdb.breakpoints()[0].commands = 'monitor savevm kernel'",
                    "-ex", "hbreak machine_stop"]
    return command + (["-x", options.gdb_commands] if options.gdb_commands else [])


def debug_program(options: argparse.Namespace, space: machine.Workspace,
                  extra: Sequence[str]) -> int:
    root = guestroot.GuestRoot(options.root)
    program = root.locate(options.program[0])
    boot = run.start(options, space, root, [program, *options.program[1:]], extra)
    tails = [channels.Tail(space.file("stdout"), 1), channels.Tail(space.file("stderr"), 2)]
    try:
        if options.gdb == "none":
            boot.watch(tails, options.timeout)
        else:
            attach(options, boot, tails)
    finally:
        qemu.stop(boot.process)
    boot.check_started()
    return 0


def debug_recording(options: argparse.Namespace, space: machine.Workspace,
                    extra: Sequence[str]) -> int:
    recording, blobs = rewind.Recording(space), rewind.prepare(options, space)
    rewind.record(options, space, blobs, recording)
    boot = run.start_prepared(options, space, blobs, [*recording.words("replay"), *extra],
                              recording.disk())
    try:
        if options.gdb == "none":
            boot.watch([], None)
        else:
            attach(options, boot, [])
    finally:
        qemu.stop(boot.process)
    boot.check_started()
    return 0


def debug_shell(options: argparse.Namespace, space: machine.Workspace, extra: Sequence[str]) -> int:
    if options.gdb == "none":
        with shell.Terminal() as terminal:
            boot, guest = shell.start(options, space, extra)
            try:
                shell.relay(boot.process, guest, terminal, options.timeout, at_end=False)
            finally:
                qemu.stop(boot.process)
                guest.close()
        boot.check_started()
        return 0
    log, control = space.empty_files("log", "control")
    blobs = {"cmdline": space.write("cmdline", os.fsencode(machine.kernel_words(options)))}
    words = qemu.command(paths.image(), machine.memory_bytes(options),
                         [qemu.file_port(log), qemu.file_port(control)], blobs, extra=extra)
    messages = space.file("messages")
    boot = machine.Boot(qemu.start(words, messages), log, control, messages)
    try:
        attach(options, boot, [channels.Tail(log, 1)])
    finally:
        qemu.stop(boot.process)
    boot.check_started()
    return 0


def attach(options: argparse.Namespace, boot: machine.Boot,
           tails: Sequence[machine.Pumped]) -> None:
    """gdb in the foreground until it ends; what the guest prints comes out meanwhile."""
    wait_for_stub(boot, options.gdb_port)
    # Ctrl-C is gdb's: it stops the guest.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        gdb = subprocess.Popen(gdb_command(options.gdb, options),
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    except OSError as error:
        raise LauncherError(f"cannot start {options.gdb}: {error.strerror}") from error
    try:
        while gdb.poll() is None:
            for tail in tails:
                tail.pump()
            time.sleep(POLL_SECONDS)
    finally:
        if gdb.poll() is None:
            gdb.terminate()
            gdb.wait()
        signal.signal(signal.SIGINT, before)


def wait_for_stub(boot: machine.Boot, port: int) -> None:
    """Until QEMU listens. The first lines of /proc/net/tcp say so without disturbing the stub."""
    needle = f"0100007F:{port:04X} 00000000:0000 0A"
    deadline = time.monotonic() + STUB_SECONDS
    while time.monotonic() < deadline:
        with open("/proc/net/tcp", encoding="ascii") as table:
            if needle in table.read():
                return
        if boot.process.poll() is not None:
            boot.check_started()
            raise LauncherError("the emulator ended before gdb could attach")
        time.sleep(POLL_SECONDS)
    raise LauncherError(f"nothing listens on 127.0.0.1:{port}")
