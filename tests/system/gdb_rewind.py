"""Run inside gdb (`-x`) on a recording of the program scene: backwards to every writer of an entry.

What stood there, and who wrote it, goes as JSON to the file that CLOCKHAND_REWIND_OUT names;
test_rewind.py judges it.
"""

import json
import os

import gdb

VICTIM = 0x50007000
WRITERS = 7


def active():
    """The functions on the stack, innermost first."""
    names, frame = [], gdb.newest_frame()
    while frame is not None and len(names) < 12:
        names.append(frame.name())
        try:
            frame = frame.older()
        except gdb.error:
            break
    return names


def main():
    said = {"writers": []}
    gdb.execute(f"add-symbol-file {os.environ['CLOCKHAND_REWIND_PROGRAM']}")
    gdb.execute("continue")  # to kernel_main
    gdb.execute("delete")
    gdb.execute("hbreak scene_ready if point == 2")
    gdb.execute("continue")
    said["ready"] = active()
    said["walk"] = gdb.execute(f"ck walk 1 {VICTIM:#x}", to_string=True)
    gdb.execute(f"ck pte 1 {VICTIM:#x}")
    gdb.execute("delete")
    gdb.execute("watch -l *$pte")
    for _ in range(WRITERS):
        gdb.execute("reverse-continue")
        said["writers"].append({"functions": active(), "entry": int(gdb.parse_and_eval("*$pte"))})
    gdb.execute("delete")
    gdb.execute("hbreak machine_stop")
    gdb.execute("continue")
    said["end"] = active()
    said["result"] = int(gdb.parse_and_eval("$eax"))
    with open(os.environ["CLOCKHAND_REWIND_OUT"], "w", encoding="utf-8") as out:
        json.dump(said, out, indent=1)


main()
