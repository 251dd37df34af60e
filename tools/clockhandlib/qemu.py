"""QEMU's command line, and QEMU as a child that never outlives the launcher."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from typing import Sequence

from . import sizes
from .errors import LauncherError

# CLOCKHAND_QEMU names another binary: another build, or the tests' stand-in.
BINARY = os.environ.get("CLOCKHAND_QEMU") or "qemu-system-i386"
PASSED, FAILED, PANICKED = 33, 35, 37
MEMORY_LIMIT = 3583 << 20
PR_SET_PDEATHSIG = 1
FW_CFG = "opt/org.clockhand/"


def quote(value: str) -> str:
    """A value inside a comma-separated QEMU option."""
    return value.replace(",", ",,")


def file_port(path: str) -> str:
    return f"file:{quote(path)}"


def command(image: str, memory: int, ports: list[str], blobs: dict[str, str], icount: bool = False,
            extra: Sequence[str] = (), display: str = "none",
            image_words: list[str] | None = None) -> list[str]:
    """The command line.

    @memory: bytes of RAM.  @ports: what stands behind COM1 to COM4, as -serial spells it.
    @blobs: fw_cfg name (below opt/org.clockhand/) -> path of the file with its contents.
    @image_words: the disk with the image, where it is not an ordinary one.
    """
    if memory > MEMORY_LIMIT:
        raise LauncherError(
            f"memory, swap area and archives make {memory // sizes.UNITS['M']}M, and the machine "
            f"has room for {MEMORY_LIMIT >> 20}M: choose a smaller --ram or --swap")
    words = [BINARY, "-machine", "pc", "-cpu", "qemu32", "-smp", "1", "-accel", "tcg",
             "-m", f"{memory // sizes.UNITS['K']}K",
             *(image_words or disk(image)),
             "-display", display, "-monitor", "none", "-no-reboot", "-nic", "none",
             "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    if icount:
        words += ["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm", "-seed", "1"]
    for port in ports:
        words += ["-serial", port]
    for name, path in blobs.items():
        words += ["-fw_cfg", f"name={FW_CFG}{name},file={quote(path)}"]
    return words + list(extra)


def disk(image: str) -> list[str]:
    """As a paravirtual disk: under -icount a CD takes the firmware ten times as long."""
    return ["-drive", f"file={quote(image)},format=raw,if=virtio,readonly=on"]


def start(words: list[str], messages: str, pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start the emulator; its own messages go to the file @messages."""
    with open(messages, "wb") as sink:
        try:
            # A session of its own: Ctrl-C on the terminal reaches the launcher alone.
            return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                                    start_new_session=True, pass_fds=pass_fds,
                                    preexec_fn=die_with_parent)
        except OSError as error:
            raise LauncherError(f"cannot start {words[0]}: {error.strerror}; "
                                "`tools/setup.sh run` installs QEMU") from error


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it if it still runs, and leave no zombie."""
    if process.poll() is None:
        process.kill()
    process.wait()


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
