"""`ck ps` and `ck maps`: who is there, and what each address of a process means."""

from __future__ import annotations

from . import guest, pages
from .command import Command, plural


def short_state(process: guest.Record, states: dict[int, str]) -> str:
    return states.get(process["run.state"], "?").split("_")[-1].lower()


class Ps(Command):
    """ck ps: every process and thread: state, pages in memory and on swap, faults, where it is.

The star marks the one that runs. EIP is where it left user mode last; of the one that runs, where
the machine stands now."""

    NAME = "ps"

    def run(self) -> None:
        states = guest.enum("process_state")
        running = guest.variable("process_running")
        print("   PID  PPID STATE     RESIDENT SWAPPED   MINOR   MAJOR        EIP NAME")
        found = pages.processes()
        for process in found:
            parent = process["family.parent"]
            ppid = guest.record("process", parent)["pid"] if parent else 0
            print(f"{'*' if process.address == running else ' '}{process['pid']:5} {ppid:5} "
                  f"{short_state(process, states):9} {self.memory(process)} "
                  f"0x{self.eip(process, running):08x} {process.text('comm')}")
        print(f"{plural(len(found), 'process', 'processes')}"
              + ("" if running else "; none is running at this moment"))

    @staticmethod
    def memory(process: guest.Record) -> str:
        if process["aspace"] == 0:
            return (f"{'-':>8} {'-':>7} {process['used.minor_faults']:7} "
                    f"{process['used.major_faults']:7}")
        space = guest.record("aspace", process["aspace"])
        return (f"{space['pmap.resident']:8} {space['pmap.swapped']:7} "
                f"{space['minor_faults']:7} {space['major_faults']:7}")

    @staticmethod
    def eip(process: guest.Record, running: int) -> int:
        if process.address == running:
            return guest.register("eip")
        return guest.record("trap_frame", process["cpu.trap"])["eip"]


class Maps(Command):
    """ck maps [PID]: the areas of a process, as /proc/PID/maps names them, and what is there.

Without PID the running process. The two columns in front count the area's pages in memory and on
swap, found in the page tables; the page of zeroes that all share is nobody's."""

    NAME, USAGE, MOST = "maps", "[PID]", 1

    def run(self, pid: str | None = None) -> None:
        process = pages.find_process(pid)
        space = pages.space_of(process)
        base = space["segment.base"]
        entries = [(va - base, pte) for va, pte in pages.entries(space["pmap.directory"])]
        print(f"{pages.process_text(process)}: "
              f"{plural(space['areas.count'], 'area')}, {space['areas.npages']:,} pages")
        zeroes = guest.variable("object_zero_pfn")
        print("resident swapped")
        for area in pages.areas(space):
            inside = [pte for va, pte in entries if area["start"] <= va < area["end"]]
            frames = [pte >> 12 for pte in inside if pages.is_frame(pte)]
            print(f"{len(frames) - frames.count(zeroes):8} {len(inside) - len(frames):7} "
                  f"{area_line(space, area)}".rstrip())


def area_line(space: guest.Record, area: guest.Record) -> str:
    inode = pages.inode_of(area["object"])
    line = (f"{area['start']:08x}-{area['end']:08x} {pages.rights_text(area)} "
            f"{area['index'] << 12 if inode else 0:08x}")
    if inode is not None:
        return f"{line} {pages.inode_path(inode)}"
    if pages.area_flag(area, "VMA_HEAP"):
        return f"{line} [heap]"
    if area["start"] <= space["stack_start"] < area["end"]:
        return f"{line} [stack]"
    if area["start"] == space["sigreturn_page"]:
        return f"{line} [sigreturn]"
    if area["object"] != guest.address_of("object_zero"):
        return f"{line} ({pages.object_text(area['object'])})"
    return line
