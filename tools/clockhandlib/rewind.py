"""`debug --replay`: a run is recorded, then replayed under gdb, which can go backwards in it.

QEMU counts guest instructions and writes down whatever comes from outside (interrupts, the disk's
answers) with the instruction it came at; the replay feeds the same back, so every instruction does
the same again. A snapshot at the beginning lets gdb's reverse commands start over and stop one
event earlier. The image's disk goes through a filter that records its answers, and the snapshot
lives in a disk of its own, which the guest does not see.
"""

from __future__ import annotations

import argparse
import subprocess

from . import channels, guestroot, machine, paths, qemu, run
from .errors import LauncherError

SNAPSHOT_DISK = "64M"  # grows only as far as the snapshot needs
END_SECONDS = 600.0    # for QEMU to complete the recording when it is told to end


class Recording:
    """The files of one recording, and QEMU's words to make or follow it."""

    def __init__(self, space: machine.Workspace) -> None:
        self.events, self.snapshots = space.file("events"), space.file("snapshots.qcow2")
        try:
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", self.snapshots,
                            SNAPSHOT_DISK], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise LauncherError(f"qemu-img: {error}; `tools/setup.sh debug` installs it") from error

    @staticmethod
    def disk() -> list[str]:
        return ["-drive", f"file={qemu.quote(paths.image())},format=raw,if=none,readonly=on,"
                          "id=image",
                "-drive", "driver=blkreplay,if=none,image=image,id=recorded,readonly=on",
                "-device", "virtio-blk-pci,drive=recorded"]

    def words(self, mode: str) -> list[str]:
        """@mode: "record" or "replay"."""
        return ["-drive", f"file={qemu.quote(self.snapshots)},if=none,id=snapshots",
                "-rtc", "base=2026-01-01,clock=vm", "-seed", "1",
                # QEMU 7.2's helper for task priorities waits for the CPU, which waits for it, when
                # a snapshot is loaded.
                "-global", "apic.vapic=off",
                "-icount", f"shift=auto,rr={mode},rrfile={qemu.quote(self.events)},"
                           "rrsnapshot=start"]


def record(options: argparse.Namespace, space: machine.Workspace, blobs: dict[str, str],
           recording: Recording) -> None:
    """The run itself; what the program prints comes out now. Until its end, ^C or the timeout."""
    boot = run.start_prepared(options, space, blobs, recording.words("record"), recording.disk())
    tails = [channels.Tail(space.file("stdout"), 1), channels.Tail(space.file("stderr"), 2)]
    run.say("recording; Ctrl-C ends it early")
    try:
        boot.watch(tails, options.timeout, complete)
    except KeyboardInterrupt:
        complete(boot.process)
    finally:
        qemu.stop(boot.process)
    boot.check_started()
    _, status = run.judge(boot, boot.record())
    run.say(f"recorded: the run ended with status {status}")


def complete(process: subprocess.Popen[bytes]) -> None:
    """End QEMU so that it completes the recording: a killed one leaves it unusable."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise LauncherError("QEMU did not complete the recording") from error


def prepare(options: argparse.Namespace, space: machine.Workspace) -> dict[str, str]:
    """The program and what it reads, as `run` lays it out: the same for recording and replay."""
    root = guestroot.GuestRoot(options.root)
    program = root.locate(options.program[0])
    return run.prepare(options, space, root, [program, *options.program[1:]])
