"""Page tables, walked from physical memory as the MMU does, and whose they are.

The bits are Intel's (SDM vol. 3, tables 4-4 to 4-6) and, in entries that are not present, the
kernel's (mm/x86/pte.h). Both are written down here a second time on purpose: what the kernel's own
code and these commands say of an entry can be compared.
"""

from __future__ import annotations

from typing import Iterator

from . import guest

PRESENT, WRITE, USER, ACCESSED, DIRTY, LARGE, GLOBAL = 1, 2, 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8
HIDDEN = 1 << 1  # not present, but a frame: PROT_NONE
WITHDRAWN = 1 << 9  # hidden for a while, until its next use has been recorded
BIT_NAMES = ((PRESENT, "present"), (WRITE, "writable"), (USER, "user"), (1 << 3, "write-through"),
             (1 << 4, "cache-disabled"), (ACCESSED, "accessed"), (DIRTY, "dirty"),
             (GLOBAL, "global"))
TABLE_SHIFT, ENTRIES, USER_TABLES = 22, 1024, 768


def physical_page(physical: int) -> list[int]:
    """The page at a physical address of the direct map, as 1024 words."""
    if physical // guest.PAGE >= guest.variable("frame_count"):
        guest.fail(f"physical 0x{physical:08x} is no memory that the kernel manages: the entry "
                   "that names it is damaged (`ck check`)")
    raw = guest.read(guest.KERNEL_BASE + (physical & ~(guest.PAGE - 1)), guest.PAGE)
    return [int.from_bytes(raw[at:at + 4], "little") for at in range(0, guest.PAGE, 4)]


def physical_word(physical: int) -> int:
    return guest.word(guest.KERNEL_BASE + physical)


def is_frame(pte: int) -> bool:
    return pte & 3 != 0


def is_slot(pte: int) -> bool:
    return pte != 0 and pte & 3 == 0


def slot_of(pte: int) -> int:
    return pte >> 2


def entry_text(pte: int) -> str:
    """A page-table entry: nothing, on which slot, or which frame with what rights."""
    if pte == 0:
        return "nothing there"
    if is_slot(pte):
        return f"slot {slot_of(pte)}"
    return f"frame {pte >> 12}, {bits_text(pte)}"


def bits_text(pte: int) -> str:
    if not pte & PRESENT:
        return "not present: access revoked so that the next use is recorded" \
            if pte & WITHDRAWN else "not present: nobody may touch it (PROT_NONE)"
    names = [name for bit, name in BIT_NAMES if pte & bit]
    if not pte & WRITE:
        names.insert(1, "read-only")
    if not pte & USER:
        names.insert(2, "kernel only")
    return ", ".join(names)


class Walk:
    """The way from an address to its frame. pte is None where a directory entry ends it."""

    def __init__(self, directory: int, va: int) -> None:
        self.va, self.directory = va, directory
        self.slot, self.index = va >> TABLE_SHIFT, va >> 12 & (ENTRIES - 1)
        self.pde_at = directory + 4 * self.slot
        self.pde = physical_word(self.pde_at)
        self.pte_at = self.pte = None
        if self.pde & PRESENT and not self.pde & LARGE:
            self.pte_at = (self.pde & ~(guest.PAGE - 1)) + 4 * self.index
            self.pte = physical_word(self.pte_at)

    def physical(self) -> int | None:
        """The byte's physical address, or None: the MMU does not get there."""
        if self.pde & PRESENT and self.pde & LARGE:
            return (self.pde & 0xFFC00000) | (self.va & 0x3FFFFF)
        if self.pte is None or not self.pte & PRESENT:
            return None
        return (self.pte & ~(guest.PAGE - 1)) | (self.va & (guest.PAGE - 1))


def kernel_frame(va: int) -> int:
    """The frame behind a kernel address."""
    physical = Walk(guest.variable("kernel_directory"), va).physical()
    if physical is None:
        guest.fail(f"the kernel maps nothing at 0x{va:08x}")
    return physical // guest.PAGE


def tables(directory: int, first: int = 0,
           end: int = USER_TABLES) -> Iterator[tuple[int, int, list[int] | None]]:
    """(directory index, entry, the table's words or None for a large page) of present entries."""
    for slot, pde in enumerate(physical_page(directory)[first:end], first):
        if pde & PRESENT:
            yield slot, pde, None if pde & LARGE else physical_page(pde & ~(guest.PAGE - 1))


def entries_at(directory: int) -> Iterator[tuple[int, int, int]]:
    """(address, entry, the entry's physical address) of each of the user half that is not zero."""
    for slot, pde, table in tables(directory):
        for index, pte in enumerate(table or ()):
            if pte:
                yield (slot << TABLE_SHIFT | index << 12, pte,
                       (pde & ~(guest.PAGE - 1)) + 4 * index)


def entries(directory: int) -> Iterator[tuple[int, int]]:
    """(address, entry) of the same."""
    for va, pte, _ in entries_at(directory):
        yield va, pte


class Spaces:
    """Every address space, and the processes in each."""

    def __init__(self) -> None:
        self.all = [guest.record("aspace", entry.at("as")) for entry in
                    guest.members(guest.address_of("aspaces"), "aspace_entry", "link")]
        self.users = {}
        for process in processes():
            self.users.setdefault(process["aspace"], []).append(process)

    def name(self, aspace: int) -> str:
        users = self.users.get(aspace)
        if not users:
            return "an address space that no process uses"
        return process_text(users[0])

    def name_of_pmap(self, pmap: int) -> str:
        return self.name(guest.container(pmap, "aspace", "pmap"))


def processes() -> list[guest.Record]:
    """Each thread there is, oldest first."""
    return list(guest.members(guest.address_of("process_all"), "process", "all"))


def process_text(process: guest.Record) -> str:
    return f"pid {process['pid']} ({process.text('comm')})"


def current() -> guest.Record | None:
    """The running process, or None: boot, self-tests, idle."""
    pointer = guest.variable("process_running")
    return guest.record("process", pointer) if pointer else None


def find_process(text: str | None) -> guest.Record:
    """By pid; @text None: the running one."""
    if text is None:
        found = current()
        return found or guest.fail("no process is running at this moment: name one by its pid "
                                   "(`ck ps`)")
    pid = guest.number(text)
    for process in processes():
        if process["pid"] == pid:
            return process
    return guest.fail(f"there is no process {pid}: `ck ps` lists them")


def space_of(process: guest.Record) -> guest.Record:
    """Its struct aspace."""
    if process["aspace"] == 0:
        guest.fail(f"{process_text(process)} has given its memory back: it has ended and waits for "
                   "its parent, or has not begun")
    return guest.record("aspace", process["aspace"])


def linear(space: guest.Record, va: int) -> int:
    """An address of the program's as the page tables know it: its segment's base is added."""
    if va >= guest.USER_TOP:
        return va
    if va >= space["segment.data_limit"]:
        guest.fail(f"0x{va:08x} is not below the limit of the process's segment, "
                   f"0x{space['segment.data_limit']:08x}: the CPU refuses it before paging")
    return (va + space["segment.base"]) & 0xFFFFFFFF


def segment_text(space: guest.Record) -> str:
    """What base and limit add to the story; "" for the usual ones."""
    base, limit = space["segment.base"], space["segment.data_limit"]
    return "" if (base, limit) == (0, guest.USER_TOP) else \
        f"segment     base 0x{base:08x}, limit 0x{limit:08x}"


def areas(space: guest.Record) -> Iterator[guest.Record]:
    """Its areas by address, without recursion and without trusting the tree to have an end."""
    node, stack, seen = space["areas.tree.root"], [], 0
    while node or stack:
        while node:
            stack.append(node)
            node = guest.record("tree_node", node)["left"]
            seen += 1
            if seen > guest.LIST_MOST:
                guest.fail("the tree of areas has a loop: it is damaged")
        node = stack.pop()
        yield guest.record("vma", guest.container(node, "vma", "node"))
        node = guest.record("tree_node", node)["right"]


def area_at(space: guest.Record, va: int) -> guest.Record | None:
    for area in areas(space):
        if area["start"] <= va < area["end"]:
            return area
    return None


def is_contiguous(space: guest.Record) -> bool:
    """Is it one partition under base and limit, without areas? (Where the kernel has such.)"""
    return "contiguous" in space.layout.fields and space["contiguous"] != 0


def area_flag(area: guest.Record, name: str) -> bool:
    bits = {text: bit for bit, text in guest.enum("vma_flags").items()}
    return bool(area["flags"] & bits[name])


def rights_text(area: guest.Record) -> str:
    prot = area["prot"]
    return ("r" if prot & guest.PROT_R else "-") + ("w" if prot & guest.PROT_W else "-") + \
        ("x" if prot & guest.PROT_X else "-") + ("s" if area_flag(area, "VMA_SHARED") else "p")


# --- what backs an area ---

def object_ops(pointer: int) -> guest.Record:
    return guest.record("object_ops", guest.record("object", pointer)["ops"])


def inode_of(pointer: int) -> guest.Record | None:
    """The file whose pages the object keeps, or None."""
    if object_ops(pointer)["destroy"] != guest.address_of("inode_object_gone"):
        return None
    return guest.record("inode", guest.container(pointer, "inode", "object"))


def inode_path(inode: guest.Record) -> str:
    parts = []
    while len(parts) < 64:
        entry = inode["name"]
        if entry == 0:
            break
        where = guest.record("dir_entry", entry)
        parts.append(guest.string(where.at("name")))
        inode = guest.record("inode", where["dir"])
    return "/" + "/".join(reversed(parts)) if parts else "a file without a name"


def object_text(pointer: int) -> str:
    if pointer == guest.address_of("object_zero"):
        return "zeroes"
    inode = inode_of(pointer)
    if inode is not None:
        return f"file {inode_path(inode)}"
    kind = guest.string(object_ops(pointer)["name"])
    return f"object 0x{pointer:08x} ({kind})"


class ObjectPage:
    """What an object knows of one page: kind "empty", "frame" (pointer) or "slot" (number)."""

    def __init__(self, pointer: int, index: int) -> None:
        entry = object_entry(guest.record("object", pointer), index)
        self.kind = "slot" if entry & 1 else "frame" if entry else "empty"
        self.value = entry >> 1 if entry & 1 else entry


def object_entry(shape: guest.Record, index: int) -> int:
    shift, node = guest.constant("NODE_SHIFT"), shape["root"]
    bits = shape["levels"] * shift
    if node == 0 or (bits < 32 and index >> bits):
        return 0
    first = guest.layout("object_node").fields["entries"][0]
    for level in range(shape["levels"] - 1, -1, -1):
        node = guest.word(node + first + 4 * (index >> level * shift & ((1 << shift) - 1)))
        if node == 0:
            return 0
    return node


def object_pages(shape: guest.Record) -> Iterator[tuple[int, int]]:
    """(page number, raw entry) of each page the object knows."""
    if not shape["root"] or not shape["levels"]:
        return
    shift = guest.constant("NODE_SHIFT")
    first = guest.layout("object_node").fields["entries"][0]
    pending = [(shape["root"], shape["levels"] - 1, 0)]
    while pending:
        node, level, base = pending.pop()
        raw = guest.read(node + first, 4 << shift)
        for i in range(1 << shift):
            entry = int.from_bytes(raw[4 * i:4 * i + 4], "little")
            at = base + (i << level * shift)
            if entry and level:
                pending.append((entry, level - 1, at))
            elif entry:
                yield at, entry
