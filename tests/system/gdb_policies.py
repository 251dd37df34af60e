"""Run inside gdb (`-x`): `ck clock` and `ck check` under every replacement policy.

In the middle of a run the kernel's own policy_switch is called for one policy after the other. What
was said goes as JSON to the file that CLOCKHAND_POLICIES_OUT names; test_gdb.py judges it.
"""

import json
import os
import sys

import gdb

from ck import guest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from gdb_kernel import KernelCalls, number, run_on  # noqa: E402

FAULTS = 600  # frames have been full for long


def main():
    said = {}
    gdb.execute("continue")  # to kernel_main
    gdb.execute("delete")
    stop = gdb.Breakpoint("fault_handle", gdb.BP_HARDWARE_BREAKPOINT)
    stop.ignore_count = FAULTS
    gdb.execute("continue")
    stop.enabled = False
    for i in range(number("sizeof(policies) / sizeof(policies[0])")):
        pointer = number(f"policies[{i}]->name")
        with KernelCalls() as calls:
            result = calls.call("policy_switch", pointer)[0]
        name = guest.string(pointer)
        said[name] = {"result": result, "frames": number("policy_frames"),
                      "clock": gdb.execute("ck clock 4", to_string=True),
                      "check": gdb.execute("ck check", to_string=True)}
        with KernelCalls() as calls:
            chosen = calls.call("policy_select")[0]
        size = number("sizeof(struct frame)")
        said[name]["victim"] = (chosen - number("frame_table")) // size
        said[name]["after"] = gdb.execute("ck clock 4", to_string=True)
    run_on()
    with open(os.environ["CLOCKHAND_POLICIES_OUT"], "w", encoding="utf-8") as out:
        json.dump(said, out, indent=1)


main()
