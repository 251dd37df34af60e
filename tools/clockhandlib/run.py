"""`run`: one program as the machine's only one, and how it used memory."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from typing import Any, Sequence, TYPE_CHECKING

from . import bochs, channels, given, guestroot, machine, paths, qemu, report
from .errors import (LauncherError, STATUS_NO_RECORD, STATUS_SIGNAL_BASE, STATUS_TIMEOUT)

if TYPE_CHECKING:
    from . import trace

PANIC_LINES = 64
LAST_LINES = 12
PLAIN_WORD = re.compile(r"[\w./:=+@%,-]+", re.ASCII)  # means nothing to GRUB


def say(line: str) -> None:
    """One line of the launcher's own on standard error."""
    try:
        print(f"clockhand: {line}", file=sys.stderr, flush=True)
    except BrokenPipeError:
        pass


def run(options: argparse.Namespace, recorder: trace.Recorder | None = None) -> int:
    """Returns the status to end with. @recorder: of `trace`, wants the machine's debug console."""
    root = guestroot.GuestRoot(options.root)
    program = root.locate(options.program[0])
    argv = [program, *options.program[1:]]
    check_writable("--log", options.log)
    check_writable("--report", options.report)
    with machine.Workspace() as space:
        if options.emulator == "bochs":
            boot, *tails = start_bochs(options, space, root, argv)
        else:
            extra = recorder.connect(space) if recorder else ()
            boot, tails = start(options, space, root, argv, extra), [recorder] * bool(recorder)
        tails += [channels.Tail(space.file("stdout"), 1), channels.Tail(space.file("stderr"), 2)]
        if options.log is not None:
            log = os.open(options.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            tails.append(channels.Tail(boot.log, log, text=True))
        try:
            boot.watch(tails, options.timeout)
        except channels.OutputClosed:
            # As it would end the program itself.
            return STATUS_SIGNAL_BASE + signal.SIGPIPE
        finally:
            qemu.stop(boot.process)
        if options.emulator == "qemu":
            boot.check_started()
        status = conclude(options, boot, options.program[0])
        if recorder:
            recorder.conclude(boot.record())
        return status


def start_bochs(options: argparse.Namespace, space: machine.Workspace, root: guestroot.GuestRoot,
                argv: list[str]) -> tuple[machine.Boot, bochs.Screen]:
    """As start(), for Bochs. Returns (boot, its screen)."""
    reason = bochs.why_not()
    if reason:
        raise LauncherError(f"--emulator bochs: {reason}; `tools/setup.sh test` installs it")
    if options.stdin is not None or options.icount:
        raise LauncherError("--stdin and --icount need QEMU")
    for word in argv:
        if not PLAIN_WORD.fullmatch(word):
            raise LauncherError(f"'{word}' does not survive Bochs' command line; use QEMU")
    words = machine.kernel_words(options, "channels=serial", f"init={argv[0]}")
    overlay = space.file("overlay.cpio")
    archives = [overlay] if root.write_overlay(overlay) else []
    return bochs.boot(space, machine.memory_bytes(options, *archives),
                      " ".join([words, "--", *argv[1:]]), *archives)


def check_writable(option: str, path: str | None) -> None:
    """Found out before the machine runs, and without a trace if it then does not."""
    if path is not None:
        target = path if os.path.exists(path) else os.path.dirname(path) or "."
        if os.path.isdir(path) or not os.access(target, os.W_OK):
            raise LauncherError(f"{option} {path}: cannot be written")


def prepare(options: argparse.Namespace, space: machine.Workspace, root: guestroot.GuestRoot,
            argv: list[str]) -> dict[str, str]:
    """What the kernel gets besides the image: fw_cfg name -> file in @space."""
    blobs = {
        "cmdline": space.write("cmdline", os.fsencode(
            machine.kernel_words(options, "channels=serial"))),
        "argv": space.write("argv", b"".join(os.fsencode(word) + b"\0" for word in argv)),
    }
    if root.write_overlay(space.file("overlay.cpio")):
        blobs["initrd"] = space.file("overlay.cpio")
    if given.take(options.stdin, space.file("stdin"), say):
        blobs["stdin"] = space.file("stdin")
    return blobs


def start(options: argparse.Namespace, space: machine.Workspace, root: guestroot.GuestRoot,
          argv: list[str], extra: Sequence[str] = ()) -> machine.Boot:
    """Boot with @argv as the first process. Its ports are files in @space."""
    return start_prepared(options, space, prepare(options, space, root, argv), extra)


def start_prepared(options: argparse.Namespace, space: machine.Workspace, blobs: dict[str, str],
                   extra: Sequence[str] = (), image_words: list[str] | None = None) -> machine.Boot:
    """Boot with what prepare() has laid out. Its ports are emptied."""
    archives = [blobs[name] for name in ("initrd", "stdin") if name in blobs]
    log, control, out, err = space.empty_files("log", "control", "stdout", "stderr")
    words = qemu.command(paths.image(), machine.memory_bytes(options, *archives),
                         [qemu.file_port(path) for path in (log, control, out, err)],
                         blobs, options.icount, extra, image_words=image_words)
    messages = space.file("messages")
    return machine.Boot(qemu.start(words, messages), log, control, messages)


def conclude(options: argparse.Namespace, boot: machine.Boot, program: str) -> int:
    """Say how it ended; returns the status."""
    record = boot.record()
    outcome, status = judge(boot, record)
    figures = report.build(options, outcome, record)
    if options.report is not None:
        report.write_json(figures, options.report)
    if outcome == "panic":
        explain(boot, record)
    elif not report.ran(figures):
        say("the kernel could not start it: " + boot.log_lines()[-1])
    elif boot.lingered:
        say("the kernel did not power the machine off")
    if not options.quiet:
        for line in report.text(figures, options, program):
            say(line)
        warn(options, figures)
    return status


def judge(boot: machine.Boot, record: dict[str, Any] | None) -> tuple[str, int]:
    """(outcome, status) of a run; the record decides."""
    outcome = record["outcome"] if record else None
    if outcome == "exited":
        return outcome, record["exit_status"]
    if outcome == "signaled":
        return outcome, STATUS_SIGNAL_BASE + record["signal"]
    if record is None and boot.timed_out:
        return "timeout", STATUS_TIMEOUT
    return "panic", STATUS_NO_RECORD


def explain(boot: machine.Boot, record: dict[str, Any] | None) -> None:
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
    if panic is None and boot.status() == 0 and not any("memory" in line for line in lines[-3:]):
        say("status 0 without a record is what a triple fault looks like")


def warn(options: argparse.Namespace, figures: dict[str, Any]) -> None:
    """A word the kernel did not take is ignored, never fatal; say so."""
    if options.policy is not None and figures["policy"] not in (None, options.policy):
        say(f"the kernel does not know policy '{options.policy}' and used {figures['policy']}")
