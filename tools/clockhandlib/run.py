"""`run`: one program as the machine's only one, and how it used memory."""

import os
import shutil
import signal
import sys

from . import channels, guestroot, machine, paths, qemu, report
from .errors import (LauncherError, STATUS_NO_RECORD, STATUS_SIGNAL_BASE, STATUS_TIMEOUT)

PANIC_LINES = 40
LAST_LINES = 12


def say(line):
    """One line of the launcher's own on standard error."""
    try:
        print(f"clockhand: {line}", file=sys.stderr, flush=True)
    except BrokenPipeError:
        pass


def run(options):
    """Returns the status to end with."""
    root = guestroot.GuestRoot(options.root)
    program = root.locate(options.program[0])
    with machine.Workspace() as space:
        boot = start(options, space, root, [program, *options.program[1:]])
        tails = [channels.Tail(space.file("stdout"), 1), channels.Tail(space.file("stderr"), 2)]
        log = open_log(options.log)
        if log is not None:
            tails.append(channels.Tail(boot.log, log, text=True))
        try:
            boot.watch(tails, options.timeout)
        except channels.OutputClosed:
            # As it would end the program itself.
            return STATUS_SIGNAL_BASE + signal.SIGPIPE
        finally:
            qemu.stop(boot.process)
        boot.check_started()
        return conclude(options, boot, options.program[0])


def open_log(path):
    if path is None:
        return None
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    except OSError as error:
        raise LauncherError(f"--log {path}: {error.strerror}") from error


def start(options, space, root, argv, extra=()):
    """Boot with @argv as the first process. Its ports are files in @space."""
    blobs = {
        "cmdline": space.write("cmdline", os.fsencode(
            machine.kernel_words(options, "channels=serial"))),
        "argv": space.write("argv", b"".join(os.fsencode(word) + b"\0" for word in argv)),
    }
    if root.write_overlay(space.file("overlay.cpio")):
        blobs["initrd"] = space.file("overlay.cpio")
    if options.stdin is not None:
        blobs["stdin"] = take_stdin(space, options.stdin)
    archives = [blobs[name] for name in ("initrd", "stdin") if name in blobs]
    log, control, out, err = space.empty_files("log", "control", "stdout", "stderr")
    words = qemu.command(paths.image(), machine.memory_bytes(options, *archives),
                         [qemu.file_port(path) for path in (log, control, out, err)],
                         blobs, options.icount, extra)
    messages = space.file("messages")
    return machine.Boot(qemu.start(words, messages), log, control, messages)


def take_stdin(space, path):
    """A copy: the file may be a pipe, and nothing the guest does depends on who else writes it."""
    try:
        with open(path, "rb") as source, open(space.file("stdin"), "wb") as out:
            shutil.copyfileobj(source, out)
    except OSError as error:
        raise LauncherError(f"--stdin {path}: {error.strerror}") from error
    return space.file("stdin")


def conclude(options, boot, program):
    """Say how it ended; returns the status."""
    record = boot.record()
    outcome, status = judge(boot, record)
    figures = report.build(options, outcome, record)
    if options.report is not None:
        try:
            report.write_json(figures, options.report)
        except OSError as error:
            raise LauncherError(f"--report {options.report}: {error.strerror}") from error
    if outcome == "panic":
        explain(boot, record)
    elif boot.lingered:
        say("the kernel did not power the machine off")
    if not options.quiet:
        for line in report.text(figures, options, program):
            say(line)
        warn(options, figures)
    return status


def judge(boot, record):
    """(outcome, status) of a run; the record decides."""
    outcome = record["outcome"] if record else None
    if outcome == "exited":
        return outcome, record["exit_status"]
    if outcome == "signaled":
        return outcome, STATUS_SIGNAL_BASE + record["signal"]
    if record is None and boot.timed_out:
        return "timeout", STATUS_TIMEOUT
    return "panic", STATUS_NO_RECORD


def explain(boot, record):
    """The kernel's last words."""
    lines = boot.log_lines()
    panic = next((at for at, line in enumerate(lines) if "panic" in line.lower()), None)
    if panic is not None:
        say("the kernel panicked:")
        lines = lines[panic:panic + PANIC_LINES]
    elif record is None:
        say(f"the machine ended (status {boot.status()}) without a RESULT record; "
            "the last lines of its log:")
        lines = lines[-LAST_LINES:]
    for line in lines:
        say(f"| {line}")
    if panic is None and boot.status() == 0:
        say("status 0 without a record is what a triple fault looks like")


def warn(options, figures):
    """A word the kernel did not take is ignored, never fatal; say so."""
    if options.policy is not None and figures["policy"] not in (None, options.policy):
        say(f"the kernel does not know policy '{options.policy}' and used {figures['policy']}")
