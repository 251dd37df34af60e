#!/usr/bin/env python3
"""QEMU on a host that is far too busy (CLOCKHAND_QEMU): again and again it stands still.

The first time as firmware runs, for longer than the launcher waits for the first prompt; then
between any two steps of the guest. A launcher that reads a clock takes that for a guest that waits.
"""

import os
import signal
import sys
import time

FIRMWARE, FIRST, STILL, GOING = 0.3, 5.5, 1.2, 0.6  # seconds


def halt(pid):
    """Stop and continue @pid, our parent, until it has ended."""
    time.sleep(FIRMWARE)
    still = FIRST
    while os.getppid() == pid:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(still)
        still = STILL
        os.kill(pid, signal.SIGCONT)
        time.sleep(GOING)


def main():
    emulator = os.getpid()
    if os.fork() == 0:
        os.closerange(0, 256)  # the console's end of file is the emulator's to give
        halt(emulator)
        os._exit(0)
    os.execvp("qemu-system-i386", ["qemu-system-i386", *sys.argv[1:]])


if __name__ == "__main__":
    main()
