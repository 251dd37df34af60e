"""Bochs: the emulator that checks segment limits.

It has no fw_cfg, so each boot gets an image of its own whose grub.cfg carries the kernel's words,
with the overlay as a second module. Debian's Bochs holds the debugger and wants a terminal: it
gets a pseudo-terminal and the command to continue. It ends with status 1 whatever happened; its
log says whether the kernel asked for the end.
"""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import subprocess

from . import channels, machine, paths, qemu, sizes
from .errors import LauncherError

BINARY = "bochs"
BIOS = "/usr/share/bochs/BIOS-bochs-latest"
VGA_BIOS = "/usr/share/bochs/VGABIOS-lgpl-latest"
GRUB_MODULES = "/usr/lib/grub/i386-pc"
SHUTDOWN = b"Shutdown port: shutdown requested"
TRIPLE_FAULT = b"exception with no resolution"
MEMORY_LIMIT_MIB = 2048
READ_BYTES = 1 << 16

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
multiboot2 /boot/clockhand.elf {words}
module2 /boot/initrd.cpio initrd
{more}boot
"""


class Screen:
    """The terminal Bochs draws on: nobody looks, but a full one would stop it. Like a Tail."""

    def __init__(self, master: int) -> None:
        self.master = master
        fcntl.fcntl(master, fcntl.F_SETFL, os.O_NONBLOCK)

    def pump(self) -> bool:
        try:
            while os.read(self.master, READ_BYTES):
                pass
        except OSError:  # nothing there now, or Bochs has ended
            pass
        return False


def why_not() -> str | None:
    """Why Bochs cannot be used here, or None."""
    if not shutil.which(BINARY):
        return "bochs is not installed"
    for path in (BIOS, VGA_BIOS, GRUB_MODULES):
        if not os.path.exists(path):
            return f"{path} is missing"
    return None


def make_image(space: machine.Workspace, words: str, overlay: str | None) -> str:
    """An image for this boot alone. @overlay: path of an archive, or None."""
    tree = space.file("tree")
    os.makedirs(os.path.join(tree, "boot", "grub"))
    shutil.copy(paths.stripped_kernel(), os.path.join(tree, "boot", "clockhand.elf"))
    shutil.copy(paths.base_archive(), os.path.join(tree, "boot", "initrd.cpio"))
    more = ""
    if overlay:
        shutil.copy(overlay, os.path.join(tree, "boot", "overlay.cpio"))
        more = "module2 /boot/overlay.cpio initrd\n"
    with open(os.path.join(tree, "boot", "grub", "grub.cfg"), "w", encoding="ascii") as out:
        out.write(GRUB_CONFIGURATION.format(words=words, more=more))
    image = space.file("bochs.iso")
    made = subprocess.run(["grub-mkrescue", "-d", GRUB_MODULES, "-o", image, tree],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        raise LauncherError(f"grub-mkrescue failed: {made.stderr.strip()}")
    return image


def boot(space: machine.Workspace, memory_bytes: int, words: str,
         overlay: str | None = None) -> tuple[machine.Boot, Screen]:
    """Boot; returns (machine.Boot, Screen). Its ports are the files log, control, ... in @space."""
    image = make_image(space, words, overlay)
    memory = -(-memory_bytes // sizes.UNITS["M"])
    if memory > MEMORY_LIMIT_MIB:
        raise LauncherError(f"Bochs has at most {MEMORY_LIMIT_MIB}M, this takes {memory}M")
    ports = space.empty_files("log", "control", "stdout", "stderr")
    configuration = space.write("bochsrc", CONFIGURATION.format(
        memory=memory, bios=BIOS, vga_bios=VGA_BIOS, image=image, ports=ports,
        log=space.file("messages")).encode())
    commands = space.write("commands", b"c\nquit\n")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "-q", "-f", configuration, "-rc", commands], stdin=slave, stdout=slave,
        stderr=slave, start_new_session=True, env={**os.environ, "TERM": "vt100"},
        preexec_fn=qemu.die_with_parent)
    os.close(slave)
    return machine.Boot(process, ports[0], ports[1], space.file("messages")), Screen(master)


def problems(ended: machine.Boot) -> list[str]:
    """What the way it ended says, as lines."""
    log = channels.read_file(ended.messages) if os.path.exists(ended.messages) else b""
    if ended.timed_out:
        return ["hang: nothing ended the machine in time"]
    if TRIPLE_FAULT in log:
        return ["triple fault"]
    if SHUTDOWN not in log:
        return ["Bochs ended and the kernel had not asked for it"]
    return []
