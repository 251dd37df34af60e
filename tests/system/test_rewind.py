"""A run is recorded and replayed under gdb, which goes backwards in it (docs/debugging.md)."""

import json
import os
import sys

from harness import ROOT, check, equal, find, test
from test_gdb import debug, gdb_said

sys.path.insert(0, os.path.join(ROOT, "tools"))
from clockhandlib import qemu  # noqa: E402

# What happens to the scene's page 7, last first: who wrote its entry, on whose behalf, and whether
# the entry names a frame afterwards.
WRITERS = (
    ("pmap_set_slot", "reclaim_evict", False),  # evicted by madvise: now on a slot
    ("pmap_unmap", "reclaim_evict", False),
    ("pmap_test_clear_accessed", "aspace_advise", True),
    ("pmap_map", "fault_handle", True),  # the parent writes after the forks: a copy of its own
    ("pmap_unmap", "fault_handle", False),
    ("pmap_protect", "aspace_fork", True),  # fork takes the right to write
    ("pmap_map", "fault_handle", True),  # the first write
)


@test
def reverse_continue_finds_every_writer_of_an_entry(box):
    program, out = box.compile("scene.c"), box.file("rewind.json")
    result = debug(box, "gdb_rewind.py", program, options=["--replay"], env={
        "CLOCKHAND_REWIND_PROGRAM": program, "CLOCKHAND_REWIND_OUT": out})
    find("recorded: the run ended with status 0", result.error_text())
    check(b"50007000" not in result.out and b"VmRSS" in result.out, "the program's output is gone")
    check(os.path.exists(out), f"{gdb_said(box)[-1500:]} {result.error_text()[-500:]}")
    with open(out, encoding="utf-8") as text:
        said = json.load(text)
    equal(said["ready"][0], "scene_ready", "where the forward run stopped")
    find(r"the page is on slot \d+ of the swap area", said["walk"])
    for i, (writer, behalf, is_frame) in enumerate(WRITERS):
        seen = said["writers"][i]
        check(writer in seen["functions"][:3] and
              any(name and name.startswith(behalf) for name in seen["functions"]),
              f"writer {i + 1} from the end: {seen['functions']}, not {writer} for {behalf}")
        equal(bool(seen["entry"] & 3), is_frame, f"a frame is there after writer {i + 1}")
    check(said["end"][:2] == ["machine_stop", "result_end"], f"forward to the end: {said['end']}")
    equal(said["result"] << 1 | 1, qemu.PASSED, "the machine's result, as recorded")


@test
def only_a_program_can_be_recorded(box):
    result = box.launch("debug", "--replay")
    equal(result.status, 125, "status")
    find("which program", result.error_text())
