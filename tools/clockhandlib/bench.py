"""`bench`: what memory costs in guest instructions, beside Linux.

Three boots under -icount, exact and the same in every run: /bin/bench with memory to spare,
/bin/bench with few frames (the row about swap), and the kernel's self-tests named bench_*, which
print "# bench NAME min median mean". Fewer instructions is not the same as faster: cache and TLB
misses do not count.
"""

from __future__ import annotations

import argparse
from typing import Optional, Tuple

from . import channels, guestroot, ktap, machine, paths, qemu, run
from .errors import LauncherError

# Linux 6.1, i386, the same events in the same emulator.
LINUX = {
    "frame_alloc": ("frame allocate", 338), "frame_free": ("frame free", 319),
    "kmalloc": ("kmalloc", 119), "kfree": ("kfree", 102),
}
SWAP_ROW = "swap-in"
# Name, min, median, mean, Linux's figure or None.
Row = Tuple[str, int, int, int, Optional[int]]
PROGRAM = "/bin/bench"
SWAP_FRAMES = 64


def bench(options: argparse.Namespace) -> int:
    rows = [row for row in user_rows(options, None) if not row[0].startswith(SWAP_ROW)]
    rows += [row for row in user_rows(options, options.frames or SWAP_FRAMES)
             if row[0].startswith(SWAP_ROW)]
    rows += kernel_rows(options)
    print(f"{'guest instructions':<38}{'min':>9}{'median':>9}{'mean':>9}{'Linux 6.1':>11}{'':>8}")
    for name, least, median, mean, linux in rows:
        print(f"{name:<38}{least:>9,}{median:>9,}{mean:>9,}" + compare(name, median, mean, linux))
    return 0


def compare(name: str, median: int, mean: int, linux: int | None) -> str:
    """Linux's figure and ours as a part of it; the swap figure is a mean."""
    if linux is None:
        return ""
    ours = mean if name.startswith(SWAP_ROW) else median
    return f"{linux:>11,}{ours / linux:>7.2f}x"


def user_rows(options: argparse.Namespace, frames: int | None) -> list[Row]:
    """/bin/bench's rows: name, min, median, mean, Linux's figure or None."""
    settings = argparse.Namespace(**{**vars(options), "frames": frames, "icount": True,
                                     "stdin": None})
    root = guestroot.GuestRoot(options.root)
    argv = [root.locate(PROGRAM), "--csv"]
    with machine.Workspace() as space:
        boot = run.start(settings, space, root, argv)
        finish(boot, options.timeout)
        if run.judge(boot, boot.record())[1] != 0:
            run.explain(boot, boot.record())
            raise LauncherError(f"{PROGRAM} failed")
        text = channels.read_file(space.file("stdout")).decode("ascii", "replace")
    rows = []
    for line in text.splitlines()[1:]:
        name, _samples, *figures = line.split(",")
        rows.append((name, *(int(figure) if figure else None for figure in figures)))
    return rows


def kernel_rows(options: argparse.Namespace) -> list[Row]:
    settings = argparse.Namespace(**{**vars(options), "frames": None})
    with machine.Workspace() as space:
        words = machine.kernel_words(settings, "selftest=bench_*")
        blobs = {"cmdline": space.write("cmdline", words.encode())}
        log, control = space.empty_files("log", "control")
        words = qemu.command(paths.image(), machine.memory_bytes(settings),
                             [qemu.file_port(log), qemu.file_port(control)], blobs, icount=True)
        messages = space.file("messages")
        boot = machine.Boot(qemu.start(words, messages), log, control, messages)
        finish(boot, options.timeout)
        results = ktap.Results()
        lines = [line for line in boot.log_lines() if results.take(line)]
        if results.problems():
            raise LauncherError("the kernel's bench tests failed: " + results.problems()[0])
    rows = []
    for words in (line.split() for line in lines):
        if words[:2] == ["#", "bench"]:
            title, linux = LINUX.get(words[2], (words[2], None))
            rows.append((title, *(int(figure) for figure in words[3:6]), linux))
    return rows


def finish(boot: machine.Boot, timeout: float | None) -> None:
    try:
        boot.watch([], timeout)
    finally:
        qemu.stop(boot.process)
    boot.check_started()
