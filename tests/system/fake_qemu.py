#!/usr/bin/env python3
"""Stands in for QEMU (CLOCKHAND_QEMU) where a test is about the launcher and not the kernel.

FAKE_QEMU says what to act, mostly what a real machine shows only with a broken kernel.
"""

import json
import os
import sys
import time

RECORD = ("RESULT outcome={} exit_status={} signal={} policy=clock frames_total=3000 "
          "frames_limit=64 swap_slots=2048 minor_faults=1204 major_faults=311 zero_fills=812 "
          "cow_copies=12 file_ins=96 swap_ins=215 swap_outs=425 evictions=640 "
          "evictions_clean=215 peak_resident_pages=64 frames_leaked=0 slots_leaked=0 "
          "objects_leaked=0 instructions=123456789 user_instructions=92592592 "
          "idle_instructions=1000 passed=0 failed=0\n")
FOREVER = 1000


def values(option):
    words = sys.argv
    return [words[at + 1] for at, word in enumerate(words) if word == option]


def write(path, data):
    with open(path, "ab", buffering=0) as out:
        out.write(data)


def blobs():
    """fw_cfg name -> contents, every byte a character."""
    found = {}
    for value in values("-fw_cfg"):
        name, path = value.replace(",,", "\0").split(",")
        with open(path.partition("=")[2].replace("\0", ","), "rb") as text:
            found[name.rpartition("/")[2]] = text.read().decode("latin-1")
    return found


def act(verb, value, log, control, out, err):
    """Returns QEMU's status."""
    if verb == "refuse":
        sys.exit("qemu: no such machine")
    write(log, b"clockhand: booting\r\n")
    if verb == "silent":  # what a triple fault looks like
        return 0
    if verb == "hang":
        if value:
            write(value, str(os.getpid()).encode())
        time.sleep(FOREVER)
    while verb == "endless":
        write(out, b"more and more\n")
    if verb == "flood":
        write(out, b"x" * 3_000_000)
    elif verb == "tell":
        write(out, json.dumps({"m": values("-m")[0], **blobs()}).encode())
    else:
        write(out, bytes(range(256)))
        write(err, b"to stderr\n")
    if verb == "panic":
        write(log, b"panic: all is lost\r\n  eip 0xc0100000\r\n")
        write(control, RECORD.format("panic", 0, 0).encode())
        return 37
    if verb == "half":
        write(control, RECORD.format("exited", 0, 0).encode()[:40])
    elif verb == "signal":
        write(control, RECORD.format("signaled", 0, value).encode())
    else:
        write(control, RECORD.format("exited", value or 0, 0).encode())
    if verb == "linger":
        time.sleep(FOREVER)
    return 33


def main():
    verb, _, value = os.environ.get("FAKE_QEMU", "exit 0").partition(" ")
    ports = [port.partition(":")[2].replace(",,", ",") for port in values("-serial")]
    return act(verb, value, *ports)


if __name__ == "__main__":
    sys.exit(main())
