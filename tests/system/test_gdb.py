"""gdb's `ck` commands, by gdb in batch mode on the stub of a running QEMU.

One machine runs the program scene under gdb, and gdb_scene.py asks it everything once; each test
then judges one command. What is compared comes from elsewhere: what the program prints of its own
/proc, the addresses and patterns it was written with, and the kernel's variables.
"""

import json
import os
import re
import socket
import subprocess
import threading

from harness import ROOT, Skipped, check, equal, find, test

HERE = os.path.dirname(os.path.realpath(__file__))
PAGE = 4096
BASE = 0x50000000  # the scene's private pages: programs/scene.c
RESIDENT, ZERO, UNTOUCHED, HIDDEN, SWAPPED, COPIED, OWN, VICTIM = range(8)
PATTERN = 0xC10C0000
INVARIANTS = 44
# Policies whose victim is not the frame in front: drawn by lot, or chosen among those in front.
UNFORESEEN = ("random",)

_lock, _session = threading.Lock(), {}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def debug(box, script, *words, options=(), env=None):
    """The launcher's `debug` with gdb running @script, what gdb says aside. Returns its Result."""
    if not any(os.access(os.path.join(folder, "gdb"), os.X_OK)
               for folder in os.environ["PATH"].split(":")):
        raise Skipped("gdb is not installed; `tools/setup.sh debug` installs it")
    box.gdb_log = box.file("gdb.log")
    gdb = f"sh -c 'exec gdb \"$@\" >{box.gdb_log} 2>&1' gdb -nx -batch"
    return box.launch("debug", "--ram", "16M", "--swap", "8M", "--gdb-port", free_port(), "--gdb",
                      gdb, "--gdb-commands", os.path.join(HERE, script), *options, "--", *words,
                      env=env)


def gdb_said(box):
    with open(box.gdb_log, encoding="utf-8", errors="replace") as log:
        return log.read()


def scene(box):
    """What gdb_scene.py was told, and what the program printed ("output")."""
    with _lock:
        if not _session:
            program, out = box.compile("scene.c"), box.file("scene.json")
            result = debug(box, "gdb_scene.py", program,
                           env={"CLOCKHAND_SCENE_PROGRAM": program, "CLOCKHAND_SCENE_OUT": out})
            check(os.path.exists(out), f"{gdb_said(box)[-800:]} {result.error_text()[-800:]}")
            with open(out, encoding="utf-8") as said:
                _session.update(json.load(said))
            _session["output"] = result.out.decode("utf-8", "replace")
            _session["program"] = program
            _session["bytes"] = os.path.getsize(program)
            with open(program, "rb") as elf:
                _session["file word"] = int.from_bytes(elf.read(4), "little")
            check("check at 2" in _session,
                  f"the session broke off: {gdb_said(box)[-1200:]}")
    return _session


def has(said, key, *patterns):
    for pattern in patterns:
        check(re.search(pattern, said[key]), f"`ck {key}`: no '{pattern}' in\n{said[key]}")


def lacks(said, key, pattern):
    check(not re.search(pattern, said[key]), f"`ck {key}`: '{pattern}' in\n{said[key]}")


def program_maps(said):
    return re.findall(r"^([0-9a-f]{8}-[0-9a-f]{8} \S{4} [0-9a-f]{8}) \S+ \d+ *(\S.*)?$",
                      said["output"].replace("\r", ""), re.M)


def status_pages(said, name):
    return int(find(rf"{name}:\s+(\d+) kB", said["output"]).group(1)) // 4


@test
def ck_says_what_is_missing_at_each_stage_of_boot(box):
    said = scene(box)
    has(said, "reset ps", "^error: paging is off.*`continue` runs to kernel_main")
    has(said, "early buddy", "^error: memory management has not begun: `hbreak first_run`")
    has(said, "other kernel", "^error: what runs is not .*clockhand.elf: build again")
    has(said, "boot maps", "^error: no process is running at this moment")
    has(said, "boot check", f"{INVARIANTS} invariants checked, all hold")


@test
def ck_refuses_nonsense_and_names_the_remedy(box):
    said = scene(box)
    has(said, "nonsense", "no command `ck nonsense`; `help ck` lists them")
    has(said, "frame", r"usage: ck frame PFN\|ADDRESS")
    has(said, "walk 1 nonsense", "'nonsense' is no number")
    has(said, "maps 99", "no process 99: `ck ps` lists them")
    has(said, "slab nothing", "no cache 'nothing': `ck slab` lists them")
    has(said, "check nothing", "no invariants of 'nothing'; there are: frame, slab")
    has(said, "swap 0", "no slot 0: they are 1 to 2047")
    has(said, "pte 1 0x60000000", "no page table.*`tbreak pmap_map if va == 0x60000000`")
    for name in ("ps", "maps", "walk", "pte", "frame", "why", "buddy", "slab", "clock", "swap",
                 "check", "break-evict", "symbols"):
        has(said, "help", rf"(?m)^ck {name} -- ck {name}")


@test
def ck_ps_shows_each_process(box):
    said = scene(box)
    rows = re.findall(r"^([ *]) +(\d+) +(\d+) (\w+) +(\d+) +(\d+) .* (\w+)$", said["ps"], re.M)
    equal([(star, pid, parent, state, name) for star, pid, parent, state, _, _, name in rows],
          [("*", "1", "0", "runnable", "scene"), (" ", "2", "1", "sleeping", "scene"),
           (" ", "3", "1", "sleeping", "scene")], "processes")
    equal(int(rows[0][4]), said["resident"], "resident pages of the first")
    equal(int(rows[0][5]), 1, "its pages on swap")
    has(said, "ps", "3 processes")


@test
def ck_maps_agrees_with_proc_maps(box):
    said = scene(box)
    ours = re.findall(r"^ *\d+ +\d+ ([0-9a-f]{8}-[0-9a-f]{8} \S{4} [0-9a-f]{8}) ?(.*)$",
                      said["maps at 1"], re.M)
    theirs = program_maps(said)
    equal([line for line, _ in ours], [line for line, _ in theirs], "areas (gdb, /proc)")
    for (line, name), (_, other) in zip(ours, theirs):
        if other.startswith(("/tmp", "/var", "[")) or other == said["program"]:
            equal(name, other, f"name of {line}")
    equal(said["maps at 1"].split("resident swapped")[1], said["maps"].split("resident swapped")[1],
          "with and without the pid")
    counts = [tuple(map(int, row)) for row in
              re.findall(r"^ *(\d+) +(\d+) [0-9a-f]{8}-", said["maps"], re.M)]
    equal(sum(resident for resident, _ in counts), status_pages(said, "VmRSS"), "resident (VmRSS)")
    equal(sum(swapped for _, swapped in counts), status_pages(said, "VmSwap"), "swapped (VmSwap)")


@test
def ck_walk_explains_every_kind_of_entry(box):
    said = scene(box)
    for number in range(8):
        has(said, f"walk 1 {number}", rf"0x{BASE + number * PAGE + 0x123:08x} is directory entry "
            rf"{BASE >> 22}, table entry {number}, byte 0x123",
            rf"directory   physical 0x{said['directory']:08x} \(cr3: it is in force\)")
    has(said, "walk 2 0", "not in force now")
    for number, bits in ((RESIDENT, "present, read-only, user, accessed, dirty;"),
                         (ZERO, "present, read-only, user, accessed;"),
                         (COPIED, "present, writable, user, accessed;"),
                         (VICTIM, "present, writable, user, accessed, dirty;")):
        has(said, f"walk 1 {number}", bits, r"address     physical 0x[0-9a-f]{5}123:")
    has(said, f"walk 1 {UNTOUCHED}", "nothing there", "area +50000000-50003000 rw-p zeroes")
    has(said, f"walk 1 {HIDDEN}", "not present: nobody may touch it", "50003000-50004000 ---p")
    has(said, f"walk 1 {SWAPPED}", f"not present: the page is on slot {said['slot']} of the swap")
    for number in (UNTOUCHED, HIDDEN, SWAPPED):
        lacks(said, f"walk 1 {number}", "(?m)^address     physical")
    has(said, "walk 1 0xc0101000", "present, read-only, kernel only",
        "physical 0x00101000: frame 257")


@test
def ck_walk_adds_the_base_and_heeds_the_limit(box):
    said = scene(box)
    has(said, "based walk", "segment     base 0x10000000, limit 0x50000000: linear address "
        "0x50000123")
    equal(physical_of(said, "based walk"), physical_of(said, f"walk 1 {RESIDENT}"), "the page")
    has(said, "limited walk", "^error: 0x50000123 is not below the limit .*0x50000000")


@test
def ck_walk_leads_to_the_bytes(box):
    """Who shares a page gets to one frame; the frame has the bytes the program wrote."""
    said = scene(box)
    places = {(pid, number): physical_of(said, f"walk {pid} {number}")
              for pid in (1, 2, 3) for number in (RESIDENT, COPIED, OWN, VICTIM)}
    equal(len({places[pid, RESIDENT] for pid in (1, 2, 3)}), 1, "frames of the shared page")
    equal(len({places[pid, OWN] for pid in (1, 2, 3)}), 2, "frames of the page one child wrote")
    check(places[1, OWN] == places[2, OWN], "parent and first child share it")
    equal(len({places[pid, VICTIM] for pid in (1, 2)}), 2, "the parent wrote its own")
    equal(len({physical_of(said, f"shared {pid}") for pid in (1, 2, 3)}), 1, "shared memory")
    for number in (RESIDENT, COPIED, VICTIM):
        equal(said[f"physical word {number}"], PATTERN + number, f"pattern in frame of {number}")
        equal(said[f"word {number}"], PATTERN + number, f"pattern at the address of {number}")
        equal(said[f"pte word {number}"] >> 12, places[1, number] >> 12, f"frame of page {number}")


def physical_of(said, key):
    return int(find(r"address     physical 0x([0-9a-f]{8})", said[key]).group(1), 16)


@test
def ck_frame_takes_every_form_of_address(box):
    said = scene(box)
    for number, mappers in ((RESIDENT, 3), (COPIED, 1), (VICTIM, 1)):
        key = f"frame of {number}"
        equal(said[key], said[f"{key} by physical"], "by number and by physical address")
        equal(said[key], said[f"{key} by kernel"], "by number and by kernel address")
        pfn = said[f"pte word {number}"] >> 12
        has(said, key, f"^frame {pfn}: evictable, anon; physical 0x{pfn * PAGE:08x}, kernel "
            f"address 0x{0xc0000000 + pfn * PAGE:08x}", f"pins 0, locks 0, mappers {mappers}")
        equal(len(re.findall(rf"mapped by pid \d \(scene\) at 0x{BASE + number * PAGE:08x}",
                             said[key])), mappers, f"mappers listed of page {number}")
    has(said, f"frame of {COPIED}", "slot [0-9]+ of the swap area holds a copy")
    lacks(said, f"frame of {VICTIM}", "slot")
    has(said, "frame process_running", f"^frame {said['process frame']}: owned, slab",
        r"in the slab of cache process .*: 3 of \d objects in use")
    has(said, "frame 99999999", f"frames are 0 to {said['frame_count'] - 1}")
    has(said, "frame 0xdead0000", "the kernel maps nothing at 0xdead0000")


@test
def ck_why_foretells_what_an_access_does(box):
    said = scene(box)
    pfn, slot = said[f"pte word {RESIDENT}"] >> 12, said["slot"]
    for number, read, write in (
            (RESIDENT, "goes through", f"copy on write: 3 entries share frame {pfn}, it is copied"),
            (ZERO, "goes through", "page of zeroes that all share: a new page of zeroes"),
            (UNTOUCHED, "a fault: the page of zeroes that all share", "a fault: a new page of"),
            (HIDDEN, "SIGSEGV: the area's rights are ---p", "SIGSEGV: the area's rights are ---p"),
            (SWAPPED, f"a fault: the page is read from slot {slot}", f"is read from slot {slot}"),
            (COPIED, "goes through", "goes through"),
            (OWN, "goes through", "copy on write: 2 entries share frame"),
            (VICTIM, "goes through", "goes through")):
        has(said, f"why 1 {number}", rf"(?m)^read     .*{re.escape(read)}",
            rf"(?m)^write    .*{re.escape(write)}")
    has(said, f"why 3 {OWN}", "(?m)^write    goes through")
    has(said, f"why 1 {RESIDENT}", "shared   with pid 3 .* at 0x50000000, pid 2 .* at 0x50000000")
    has(said, f"why 1 {OWN}", "(?m)^shared   with pid 2 .* at 0x50006000$")
    has(said, "why shared 1", "(?m)^write    goes through", "51000000-51002000 rw-s shared")


@test
def ck_why_knows_addresses_without_an_area(box):
    said = scene(box)
    has(said, "why 0", "SIGSEGV: nothing is ever mapped below 0x00010000")
    has(said, "why 0x4fffffff", "area     none; below .*; above 50000000-50003000",
        "(?m)^read     SIGSEGV: no area covers it")
    has(said, "why 0xbffd0000", "the stack above grows down to here")
    has(said, "why 0x40000000", "(?m)^write    SIGSEGV: no area covers it$")
    has(said, "why 0xc0101000", "SIGSEGV: it is the kernel's", "the kernel's, frame 257")
    has(said, "why 0x52001000", "(?m)^read     a fault: frame \\d+, which has the page already",
        "(?m)^write    SIGSEGV: the area's rights are r--p")
    has(said, "why 0x5200f000", f"SIGBUS: past the end of file {said['program']} "
        rf"\({said['bytes']} bytes\)")


@test
def ck_buddy_agrees_with_the_allocator(box):
    said = scene(box)
    rows = re.findall(r"^ +(\d+) +(\d+) +(\d+) +(\d+)  (.*)$", said["buddy"], re.M)
    equal([(int(order), int(blocks)) for order, _, blocks, _, _ in rows],
          [(order, said[f"free_blocks {order}"]) for order in range(11)], "blocks of each order")
    has(said, "buddy", f"free {said['free']:,} of {said['total']:,} frames")
    equal(sum(int(pages) for _, _, _, pages, _ in rows), said["free"], "free pages together")
    for order, _, blocks, _, first in rows:
        numbers = [int(word) for word in first.split() if word != "..."]
        equal(len(numbers), min(int(blocks), 6), f"blocks shown of order {order}")
        check(all(number % (1 << int(order)) == 0 for number in numbers), f"alignment: {first}")


@test
def ck_slab_counts_objects(box):
    said = scene(box)
    row = find(r"(?m)^process +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", said["slab"]).groups()
    equal(int(row[0]), said["process caches"], "processes in use")
    equal(int(row[0]), 3, "processes")
    has(said, "slab process", rf"objects of {row[2]} bytes, {row[3]} from one to the next, \d in a "
        r"slab of \d pages?; 3 allocated", r"(partial|full) +slab at 0xc[0-9a-f]{7} "
        rf"\(frame {said['process frame']}\): 3 of \d in use")
    has(said, "slab", r"(?m)^slabs occupy \d+ pages$")


@test
def ck_clock_shows_the_hand_and_its_neighbours(box):
    said = scene(box)
    has(said, "clock", f"policy clock: {said['policy_frames']} frames",
        r"(?m)^hand  frame +\d+  ")
    lines = said["clock 3"].strip().split("\n")[1:]
    equal(len(lines), 6, "frames with three on each side")
    check(lines[3].startswith("hand"), f"the hand is not in the middle:\n{said['clock 3']}")
    # New frames come right behind the hand: what the parent did last stands before it.
    has(said, "clock", rf"frame +{said[f'pte word {VICTIM}'] >> 12}  referenced  modified  "
        r"pid 1 \(scene\) 0x50007000",
        rf"frame +{said[f'pte word {COPIED}'] >> 12}  referenced  - +pid 1 \(scene\) 0x50005000")


@test
def ck_swap_knows_who_is_on_which_slot(box):
    said = scene(box)
    has(said, "swap", f"swap: {said['slots used']} of 2,047 slots in use, 1 read, 2 written, 0 err",
        rf"slot {said['slot']}: 1 reference: pid 1 \(scene\) at 0x50004000",
        rf"0 references; frame {said[f'pte word {COPIED}'] >> 12} holds the same page")
    has(said, "swap of 4", rf"^slot {said['slot']}: 1 reference: pid 1 \(scene\) at 0x50004000$")


@test
def ck_check_finds_every_lie(box):
    """One lie in memory for each invariant; each is named by it, and nothing else is wrong."""
    said = scene(box)
    has(said, "check", f"{INVARIANTS} invariants checked, all hold")
    has(said, "check frame", "7 invariants checked, all hold")
    lies = [key[8:] for key in said if key.startswith("corrupt ")]
    labels = re.findall(r"(?m)^(\[\S+\]) +ok ", said["check"])
    equal(sorted(lies), sorted(labels), "invariants with a lie, and all there are")
    for label in lies:
        has(said, f"corrupt {label}", rf"(?m)^{re.escape(label)} +VIOLATED .*\n +- ",
            "invariants? VIOLATED$")
        lacks(said, f"corrupt {label}", "cannot be followed")
    has(said, "repaired", f"{INVARIANTS} invariants checked, all hold")
    has(said, "check at 2", f"{INVARIANTS} invariants checked, all hold")


@test
def ck_break_evict_stops_at_this_page_alone(box):
    """The page next to it is evicted first and must not stop it."""
    said = scene(box)
    has(said, "break-evict", "eviction of page 0x50007000 of pid 1 .*, now frame "
        f"{said[f'pte word {VICTIM}'] >> 12}")
    has(said, "evicted stop", "page 0x50007000 of pid 1 .* is being evicted from frame "
        f"{said[f'pte word {VICTIM}'] >> 12}")
    has(said, "evicted backtrace", "pmap_unmap", "reclaim_evict", "reclaim_page_out")
    has(said, "evicted page 5", "the page is on slot")
    has(said, "evicted page 7", "nothing there")
    has(said, "break-evict kernel", "its pages are never evicted")
    has(said, "break-evict nowhere", "has no page table")


@test
def ck_symbols_brings_user_programs(box):
    said = scene(box)
    has(said, "user backtrace", r"#0 +scene_ready \(point=point@entry=1\)", "#1 .* in main")
    has(said, "symbols line", '(?s)Line \\d+ of ".*scene.c"')
    has(said, "symbols name", "build/user/elf/pagesort$")
    has(said, "symbols gone", "error: .*scene_ready.* not defined")
    has(said, "symbols other", "main in section .text of .*/pagesort")
    has(said, "symbols none", "no symbols for 'no-such-program'.*give the path")


@test
def a_stop_in_a_program_brings_its_symbols(box):
    """Nobody asked for them: the breakpoint is at an address."""
    listed = subprocess.run(["nm", os.path.join(ROOT, "build", "user", "elf", "pagesort")],
                            capture_output=True, text=True, check=True).stdout
    address = find(r"(?m)^([0-9a-f]{8}) T main$", listed).group(1)
    commands = box.file("commands", f"hbreak *0x{address}\ncontinue\ncontinue\nbt 1\n".encode())
    debug(box, commands, "/bin/pagesort")
    find(r"\[symbols of pagesort\]", gdb_said(box))
    find(r"#0 +main \(argc=1, .* at user/demo/pagesort.c:\d+", gdb_said(box))


@test
def ck_clock_knows_every_policy(box):
    """After the kernel has chosen a victim, it is the one that `ck clock` shows first."""
    out = box.file("policies.json")
    result = debug(box, "gdb_policies.py", "/bin/pagesort", options=["--frames", "64"],
                   env={"CLOCKHAND_POLICIES_OUT": out})
    check(os.path.exists(out), f"{gdb_said(box)[-1200:]} {result.error_text()[-500:]}")
    with open(out, encoding="utf-8") as text:
        policies = json.load(text)
    check(len(policies) >= 12 and "clock" in policies, f"policies: {sorted(policies)}")
    for name, said in policies.items():
        equal(said["result"], 0, f"switch to {name}")
        has(said, "clock", f"^policy {name}: {said['frames']} frames")
        has(said, "check", f"{INVARIANTS} invariants checked, all hold")
        if name not in UNFORESEEN:
            has(said, "after", rf"(?m)^(hand|first) +frame +{said['victim']}  ")
    find("checksum 6a073f90, in order", result.out.decode())
