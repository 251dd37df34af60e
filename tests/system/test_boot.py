"""Memory sizes, and what happens when there is too little."""

import os
import sys

from harness import ROOT, check, equal, find, test

sys.path.insert(0, os.path.join(ROOT, "tools"))
from clockhandlib import machine, paths, qemu  # noqa: E402

MIB = 1 << 20


def boot_raw(box, mib, program="/bin/hello"):
    """QEMU with -m as it is, without the launcher's sums. Returns (Boot, standard output)."""
    files = [box.file(name, b"") for name in ("log", "control", "stdout", "stderr")]
    blobs = {"cmdline": box.file("cmdline", b"channels=serial"),
             "argv": box.file("argv", program.encode() + b"\0")}
    words = qemu.command(paths.image(), mib * MIB, [qemu.file_port(path) for path in files], blobs)
    boot = machine.Boot(qemu.start(words, box.file("messages")), files[0], files[1],
                        box.file("messages"))
    try:
        boot.watch([], 60)
    finally:
        qemu.stop(boot.process)
    with open(files[2], "rb") as out:
        return boot, out.read()


def size_works(mib):
    def run(box):
        boot, out = boot_raw(box, mib)
        record = boot.record()
        log = "\n".join(boot.log_lines())
        check(record and record["outcome"] == "exited", f"no success at {mib} MiB:\n{log[-1500:]}")
        check(out, "hello said nothing")
        equal(boot.status(), qemu.PASSED, "QEMU's status")
        if mib > 1024:
            find("(?i)unused|beyond", log)
    run.__name__ = f"boots_with_{mib}_mib"
    return run


for size in (8, 16, 64, 512, 2048, 3500):
    test(size_works(size))


@test
def too_little_memory_is_said(box):
    """From nearly nothing up to enough: it runs, or it says why not; it never hangs."""
    for mib in (2, 3, 4, 5, 6, 7):
        boot, _ = boot_raw(box, mib)
        log = "\n".join(boot.log_lines())
        check(not boot.timed_out, f"hangs at {mib} MiB:\n{log[-800:]}")
        record = boot.record()
        if not (record and record["outcome"] == "exited"):
            check("memory" in log, f"{mib} MiB: status {boot.status()}, and the log says\n{log}")


@test
def what_is_missing_is_said_before_paging_has_begun(box):
    """The record is written long before there is a policy; that must not hide the message."""
    for ram in ("1M", "2M"):
        result = box.run("/bin/hello", ram=ram)
        equal(result.status, 126, f"status with {ram}")
        find("not enough memory|no room", result.error_text())
        check("panicked" not in result.error_text(), result.error_text())


@test
def ram_is_what_the_machine_has_besides(box):
    """--ram is independent of swap and archives: the same frames with little and much of them."""
    data = box.file("input", b"x" * (3 * MIB))
    small = box.run("/bin/true", ram="32M", swap="1M").expect()
    large = box.run("/bin/true", ram="32M", swap="96M", options=["--stdin", data]).expect()
    difference = abs(small["frames_total"] - large["frames_total"])
    # What the kernel needs to keep track of 98 MiB more.
    check(difference <= 16, f"{small['frames_total']} and {large['frames_total']} frames")
    check(small["frames_total"] <= 8192, "32 MiB are 8192 frames")
    check(small["frames_total"] > 7000, f"only {small['frames_total']} frames of 8192 are there")
    equal(large["swap_slots"] > 24000, True, "96 MiB of slots")
