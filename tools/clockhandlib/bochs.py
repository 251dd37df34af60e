"""Bochs: the emulator that checks segment limits.

It has no fw_cfg, so each boot gets an image of its own whose grub.cfg carries the kernel's words,
with the overlay as a second module. Debian's Bochs holds the debugger and wants a terminal: it
gets a pseudo-terminal and the command to continue. It ends with status 1 whatever happened; its
log says whether the kernel asked for the end.
"""

import fcntl
import os
import pty
import shutil
import subprocess
import time

from . import channels, paths, qemu, record, sizes
from .errors import LauncherError

BINARY = "bochs"
BIOS = "/usr/share/bochs/BIOS-bochs-latest"
VGA_BIOS = "/usr/share/bochs/VGABIOS-lgpl-latest"
GRUB_MODULES = "/usr/lib/grub/i386-pc"
SHUTDOWN = b"Shutdown port: shutdown requested"
TRIPLE_FAULT = b"exception with no resolution"
MEMORY_LIMIT_MIB = 2048
POLL_SECONDS = 0.02

CONFIGURATION = """\
display_library: term
cpu: model=p3_katmai, count=1, reset_on_triple_fault=0
memory: guest={memory}, host={memory}
romimage: file={bios}
vgaromimage: file={vga_bios}
ata0-master: type=cdrom, path={image}, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={ports[0]}
com2: enabled=1, mode=file, dev={ports[1]}
com3: enabled=1, mode=file, dev={ports[2]}
com4: enabled=1, mode=file, dev={ports[3]}
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
log: {log}
"""

GRUB_CONFIGURATION = """\
set timeout=0
set default=0
menuentry clockhand {{
	multiboot2 /boot/clockhand.elf {words}
	module2 /boot/initrd.cpio initrd
{more}	boot
}}
"""


class Ended:
    """How a boot ended: problems in words, and the record or None."""

    def __init__(self, problems, found):
        self.problems = problems
        self.record = found


def why_not():
    """Why Bochs can not be used here, or None."""
    if not shutil.which(BINARY):
        return "bochs is not installed"
    for path in (BIOS, VGA_BIOS, GRUB_MODULES):
        if not os.path.exists(path):
            return f"{path} is missing"
    return None


def make_image(space, words, overlay):
    """An image for this boot alone. @overlay: path of an archive, or None."""
    tree = space.file("tree")
    os.makedirs(os.path.join(tree, "boot", "grub"))
    os.symlink(paths.kernel(), os.path.join(tree, "boot", "clockhand.elf"))
    os.symlink(paths.base_archive(), os.path.join(tree, "boot", "initrd.cpio"))
    more = ""
    if overlay:
        os.symlink(overlay, os.path.join(tree, "boot", "overlay.cpio"))
        more = "\tmodule2 /boot/overlay.cpio initrd\n"
    with open(os.path.join(tree, "boot", "grub", "grub.cfg"), "w", encoding="ascii") as out:
        out.write(GRUB_CONFIGURATION.format(words=words, more=more))
    image = space.file("bochs.iso")
    made = subprocess.run(["grub-mkrescue", "-d", GRUB_MODULES, "-o", image, tree, "--", "-follow",
                           "on"], capture_output=True, text=True, check=False)
    if made.returncode:
        raise LauncherError(f"grub-mkrescue failed: {made.stderr.strip()}")
    return image


def start(space, image, memory_bytes):
    """Returns (process, master side of its terminal)."""
    memory = -(-memory_bytes // sizes.UNITS["M"])
    if memory > MEMORY_LIMIT_MIB:
        raise LauncherError(f"Bochs has at most {MEMORY_LIMIT_MIB}M, this takes {memory}M")
    ports = space.empty_files("log", "control", "stdout", "stderr")
    space.write("bochsrc", CONFIGURATION.format(
        memory=memory, bios=BIOS, vga_bios=VGA_BIOS, image=image, ports=ports,
        log=space.file("bochs.log")).encode())
    commands = space.write("commands", b"c\nquit\n")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "-q", "-f", space.file("bochsrc"), "-rc", commands], stdin=slave, stdout=slave,
        stderr=slave, start_new_session=True, env={**os.environ, "TERM": "vt100"},
        preexec_fn=qemu.die_with_parent)
    os.close(slave)
    fcntl.fcntl(master, fcntl.F_SETFL, os.O_NONBLOCK)
    return process, master


def drain(master):
    """Nobody looks at the screen, but a full terminal would stop Bochs."""
    try:
        while os.read(master, 1 << 16):
            pass
    except OSError:
        pass


def watch(process, master, tails, timeout):
    """Until it has ended; returns whether time ran out."""
    deadline = time.monotonic() + timeout
    timed_out = False
    while process.poll() is None and not timed_out:
        drain(master)
        for tail in tails:
            tail.pump()
        timed_out = time.monotonic() > deadline
        time.sleep(POLL_SECONDS)
    qemu.stop(process)
    for tail in tails:
        tail.pump()
    return timed_out


def boot(space, memory_bytes, words, timeout, open_tails, overlay=None):
    """Boot, and follow the ports with the tails that open_tails(space) gives."""
    process, master = start(space, make_image(space, words, overlay), memory_bytes)
    try:
        timed_out = watch(process, master, open_tails(space), timeout)
    finally:
        qemu.stop(process)
        os.close(master)
    problems = []
    log_path = space.file("bochs.log")
    log = channels.read_file(log_path) if os.path.exists(log_path) else b""
    if timed_out:
        problems.append(f"hang: nothing ended the machine within {timeout:g} seconds")
    elif TRIPLE_FAULT in log:
        problems.append("triple fault")
    elif SHUTDOWN not in log:
        problems.append("Bochs ended and the kernel had not asked for it")
    return Ended(problems, record.parse(channels.read_file(space.file("control"))))
