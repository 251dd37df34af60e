"""gdb for Clockhand: sourced by `tools/clockhand debug`, or by hand once connected to the
stub with the symbols loaded.

Commands: `ck` and what stands below it (`help ck`); `guest-log` shows the last lines of the
kernel's log on the VGA screen.
"""

from __future__ import annotations

import os
import sys

import gdb

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
# Byte code goes to the build folder, so that a session leaves no trace in the source tree.
sys.pycache_prefix = os.path.join(HERE, "..", "..", "build", "pycache")

from ck import (check, clock, command, frames, process, slab, swap, symbols,  # noqa: E402
                walk, watch, why)

VGA_TEXT, COLUMNS, ROWS = 0xC00B8000, 80, 25

gdb.execute("set pagination off")
gdb.execute("set architecture i386")
gdb.execute("set disassembly-flavor intel")
# A software breakpoint is a byte in memory that the boot loader would write over.
gdb.execute("hbreak kernel_main")


class GuestLog(gdb.Command):
    """guest-log: what stands on the guest's VGA text screen."""

    def __init__(self) -> None:
        super().__init__("guest-log", gdb.COMMAND_DATA)

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        cells = gdb.selected_inferior().read_memory(VGA_TEXT, COLUMNS * ROWS * 2).tobytes()
        text = cells[::2].decode("cp437")
        for row in range(ROWS):
            line = text[row * COLUMNS:(row + 1) * COLUMNS].replace("\0", " ").rstrip()
            if line:
                print(line)


GuestLog()
command.Prefix()
for kind in (process.Ps, process.Maps, walk.WalkCommand, walk.Pte, why.Why, frames.FrameCommand,
             frames.Buddy, slab.Slab, clock.Clock, swap.Swap, check.Check, watch.BreakEvict,
             symbols.Symbols):
    kind()
