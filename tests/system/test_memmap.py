"""The live memory map: what the screen shows is what the kernel counts."""

import os
import re
import struct
import subprocess
import sys

from harness import ROOT, check, equal, find, test, wait_for
from test_terminal import CTRL_C, CTRL_D, Terminal

sys.path.insert(0, os.path.join(ROOT, "tools"))

from clockhandlib import screen  # noqa: E402
from clockhandlib.session import Session  # noqa: E402

KERNEL_BASE = 0xc0000000
# struct frame_stats: total, free, owned[] by enum frame_owner.
OWNERS = ("nobody", "kernel", "slab", "stacks", "page tables", "anon", "object")
USER = ("file cache", "clean", "clean, used", "dirty", "dirty, used", "cow-shared", "locked")
WORDS = ("--ram", "12M", "--swap", "16M")
PROMPT = "clockhand$ "


def symbol(name):
    """Physical address of a variable of the kernel."""
    names = subprocess.run(["nm", os.path.join(ROOT, "build", "clockhand.elf")],
                           capture_output=True, text=True, check=True).stdout
    found = re.search(rf"^(\w+) \w {name}$", names, re.M)
    check(found, f"no symbol {name}")
    return int(found.group(1), 16) - KERNEL_BASE


def kernel_counts(monitor):
    """frame_stats, read from the machine's memory."""
    words = struct.unpack("<9I", monitor.memory(symbol("frame_stats"), 36))
    return {"total": words[0], "free": words[1], **dict(zip(OWNERS, words[2:]))}


def consistent(picture):
    """Cells counted one by one are what the legend says, and everything adds up."""
    legend = picture.legend()
    equal(len(legend), 14, "classes in the legend")
    counted = picture.counted()
    for name, (_, cells, _) in legend.items():
        equal(counted[name], cells, f"cells that are {name} (counted, legend)")
    frames = {name: frames for name, (_, _, frames) in legend.items()}
    used, total = picture.figures("memory")
    equal(total - used, frames["free"], "free frames (bar, legend)")
    equal(sum(frames.values()) - frames["reserved"], total, "frames that are not reserved")
    check(len(picture.hand()) <= 1, f"{len(picture.hand())} hands")
    return frames


def cells_add_up(picture):
    """In a picture that took several ticks, cells and legend still agree."""
    legend = picture.legend()
    counted = picture.counted()
    for name, (_, cells, _) in legend.items():
        equal(counted[name], cells, f"cells that are {name} (counted, legend)")
    return {name: frames for name, (_, _, frames) in legend.items()}


def swap_used(picture):
    return picture.figures("swap  ")[0]


@test
def the_map_shows_what_the_kernel_counts(box):
    """Idle, so that the last picture is of now: compared with the kernel's own variables."""
    with Session(*WORDS) as session:
        session.expect(PROMPT)
        session.monitor.press("f2")
        first = session.map_when(lambda picture: picture.number > 0)
        session.next_map(first)
        with session.monitor.stopped():
            picture = screen.memory_map(session.monitor)
            counts = kernel_counts(session.monitor)
        frames = consistent(picture)
        for name in ("free", "kernel", "slab", "stacks", "page tables"):
            equal(frames[name], counts[name], f"frames that are {name} (screen, kernel)")
        equal(sum(frames[name] for name in USER), counts["anon"] + counts["object"], "user pages")
        check(frames["free"] > 2000 and frames["reserved"] > 900, f"not this machine: {frames}")


@test
def the_map_follows_a_run_that_pages(box):
    """Before, during and after a program larger than its memory."""
    with Session(*WORDS) as session:
        session.expect(PROMPT)
        session.monitor.press("f2")
        before_map = session.map_when(lambda picture: picture.number > 3)
        before = consistent(before_map)
        session.type("matrix --size=1200 &")
        during_map = session.map_when(lambda picture: swap_used(picture) > 300)
        during = consistent(during_map)
        check(before["free"] > 2000 > 200 > during["free"],
              f"free frames: {before['free']}, then {during['free']}")
        check(during["dirty"] + during["dirty, used"] > before["dirty"] + before["dirty, used"]
              + 1500, f"dirty frames: {before}, then {during}")
        equal(swap_used(before_map), 0, "slots used before")
        check(any("matrix" in during_map.text(row, screen.PANEL) for row in range(screen.ROWS)),
              "matrix is not among the processes")
        hands = {tuple(during_map.hand())}
        for _ in range(40):
            during_map = session.next_map(during_map)
            consistent(during_map)
            hands.add(tuple(during_map.hand()))
            if len(hands) > 2:
                break
        check(len(hands) > 2, f"the hand stood still: {hands}")
        session.type("kill 3")
        after_map = session.map_when(lambda picture: swap_used(picture) < 50)
        after = consistent(session.next_map(after_map))
        check(after["free"] > before["free"] - 100,
              f"free frames: {before['free']} before, {after['free']} after")
        check(after["dirty"] + after["dirty, used"] < 100, f"dirty frames stayed: {after}")


@test
def the_map_of_a_large_machine_adds_up(box):
    """More frames than are looked at in one tick: 300 MiB take ten."""
    with Session("--ram", "300M", "--swap", "8M", "--append", "memmap") as session:
        session.expect(PROMPT)
        idle = session.next_map(session.map_when(lambda picture: picture.number > 1))
        frames = cells_add_up(idle)
        check(frames["free"] > 75000, f"free frames: {frames['free']}")
        session.type("matrix --size=2000 &")
        busy = session.map_when(lambda picture: picture.figures("minor fault")[0] > 5000)
        frames = cells_add_up(busy)
        check(frames["dirty"] + frames["dirty, used"] > 1000, f"dirty frames: {frames}")
        find(r"\d matrix", "\n".join(busy.text(row) for row in range(screen.ROWS)))


@test
def the_console_comes_back(box):
    """And is a page of its own, where output has gone on."""
    with Session(*WORDS) as session:
        session.expect(PROMPT)
        session.monitor.press("f2")
        session.map_when(lambda picture: picture.number > 0)
        await_size(session, box, MAP_PIXELS)
        session.type("echo under the map")
        session.expect("\nunder the map")
        session.monitor.press("f2")
        session.type("echo back again")
        session.expect("\nback again")
        await_size(session, box, CONSOLE_PIXELS)
        text = session.monitor.memory(screen.TEXT_MEMORY, 4000)[::2].decode("cp437")
        check("under the map" in text and "back again" in text, "the console lost lines")

# Width and height of the screen as the emulator shows it.
MAP_PIXELS, CONSOLE_PIXELS = (640, 400), (720, 400)


def picture_size(session, box):
    path = box.file("screen.png")
    session.monitor.picture(path)
    with open(path, "rb") as png:
        return struct.unpack(">II", png.read(24)[16:])


def await_size(session, box, pixels):
    """A key and a program's order are two ways to the screen; one may overtake the other."""
    wait_for(lambda: picture_size(session, box) == pixels, f"a screen of {pixels} pixels")


# QEMU that is still there when the machine has ended: its screen can be looked at.
LASTING_QEMU = b"""#!/usr/bin/env python3
import os, sys
words = sys.argv[1:]
at = words.index("isa-debug-exit,iobase=0xf4,iosize=4")
del words[at - 1:at + 1]
os.execvp("qemu-system-i386", ["qemu-system-i386", *words, "-no-shutdown"])
"""


@test
def a_panic_is_seen_on_the_screen(box):
    """Although the map was shown."""
    lasting = box.file("lasting-qemu", LASTING_QEMU)
    os.chmod(lasting, 0o755)
    words = (*WORDS, "--append", "memmap test=sysrq")
    with Session(*words, env={"CLOCKHAND_QEMU": lasting}) as session:
        session.expect(PROMPT)
        session.map_when(lambda picture: picture.number > 0)
        await_size(session, box, MAP_PIXELS)
        session.type("echo c > /proc/sysrq-trigger")
        session.expect("what next:")
        await_size(session, box, CONSOLE_PIXELS)
        text = session.monitor.memory(screen.TEXT_MEMORY, 4000)[::2].decode("cp437")
        check("cr2 00000010 is NULL + 0x10" in text, f"no report on the screen: {text}")


@test
def programs_show_the_map_too(box):
    """memmap --screen and --console, and the word memmap at boot."""
    with Session(*WORDS, "--append", "memmap") as session:
        session.expect(PROMPT)
        session.map_when(lambda picture: picture.number > 0)
        session.type("memmap --console")
        session.expect(PROMPT)
        await_size(session, box, CONSOLE_PIXELS)
        session.type("memmap --screen")
        session.expect(PROMPT)
        await_size(session, box, MAP_PIXELS)


def parse_memmap(text):
    """(figures, letter -> (cells, frames), cells) of /proc/memmap."""
    head, _, cells = text.partition("\nmap\n")
    figures = dict(re.findall(r"^(\w+) (-?\d+)$", head, re.M))
    classes = {letter: (int(cells), int(frames)) for letter, cells, frames in
               re.findall(r"^class (.) (\d+) (\d+) .*$", head, re.M)}
    return {name: int(value) for name, value in figures.items()}, classes, cells


@test
def proc_memmap_adds_up(box):
    result = box.run("/bin/cat", "/proc/memmap", "/proc/vmstat", ram="12M").expect()
    text, _, vmstat = result.out.decode().partition("nr_free_pages ")
    figures, classes, cells = parse_memmap(text)
    for letter, (shown, _) in classes.items():
        equal(cells.count(letter), shown, f"cells '{letter}'")
    equal(sum(len(line) for line in cells.split()), figures["cells"], "cells")
    check(all(len(line) <= figures["columns"] for line in cells.split()), "lines too long")
    equal(sum(frames for _, frames in classes.values()), figures["end"], "frames")
    equal(classes["."][1], figures["free_frames"], "free frames")
    equal(figures["total_frames"] + classes["#"][1], figures["end"], "frames, reserved or not")
    tables = int(find(r"nr_page_table_pages (\d+)", vmstat).group(1))
    equal(classes["t"][1], tables, "page tables (memmap, vmstat)")
    locked = int(find(r"nr_mlock (\d+)", vmstat).group(1))
    check(classes["L"][1] <= locked + 1, "more locked frames than locked pages")


@test
def memmap_draws_what_proc_says(box):
    result = box.run("/bin/memmap", "--plain", ram="12M").expect()
    lines = result.out.decode().split("\n")
    find(r"memory \d+ of \d+ frames in use, swap 0 of \d+ slots, 16 KiB a cell", lines[0])
    rows = [line for line in lines if re.fullmatch(r"[#.kpsvtfcCdDSL@]{1,64}", line)]
    check(len(rows) >= 14 and all(len(row) == 64 for row in rows[:-1]), f"rows: {rows}")
    find(r"# reserved +\d+  \. free +\d+", result.out.decode())
    coloured = box.run("/bin/memmap", ram="12M").expect().out.decode()
    plain = re.sub(r"\033\[[0-9;]*m", "", coloured)
    check("\033[" in coloured and plain.count("#" * 64) >= 2, "not the same picture in colours")
    wrong = box.run("/bin/sh", "-c", "cat /proc/version > /proc/memmap")
    check(wrong.status != 0, "a wrong word was taken")


@test
def looking_changes_nothing(box):
    """The same program with the map shown and not: the same faults, the same victims."""
    reports = []
    for words in ((), ("--append", "memmap")):
        result = box.run("/bin/pagesort", options=["--icount", *words], ram="16M", frames=64)
        reports.append(result.expect().report)
    for key in ("minor_faults", "major_faults", "evictions", "evictions_clean", "swap_outs"):
        equal(reports[1][key], reports[0][key], f"{key} (with the map, without)")
    check(reports[1]["instructions"] > reports[0]["instructions"], "nobody looked")


@test
def memmap_watches_until_it_is_stopped(box):
    """In the same place of the terminal, while another program runs."""
    terminal = Terminal(box, "shell", *WORDS)
    terminal.expect(PROMPT.encode())
    terminal.type(b"matrix --size=1200 &\r")
    terminal.expect(PROMPT.encode())
    terminal.type(b"memmap --watch\r")
    terminal.expect(b"\033[2J")
    for _ in range(3):
        terminal.expect(b"\033[H")
        terminal.expect(b"frames in use")
        terminal.expect(b"evicted")
    terminal.type(CTRL_C)
    terminal.expect(PROMPT.encode())
    terminal.type(b"kill 3\r")
    terminal.expect(PROMPT.encode())
    terminal.type(CTRL_D)
    equal(terminal.close(), 0, "status")
