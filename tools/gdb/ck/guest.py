"""The stopped machine, read from outside: symbols and types of the kernel, memory, lists.

Nothing here runs code in the guest. Types come from the kernel's debug information, so a field
that moves in a header moves here too. Everything is looked up in the kernel's own file: symbols of
user programs, which are compiled from some of the same sources, can be loaded beside it.
"""

from __future__ import annotations

import os
from typing import Any, Iterator, NoReturn

import gdb

PAGE = 4096
# The layout of kernel addresses, as machine/layout.h has it: macros leave no debug information.
USER_BASE, USER_TOP, KERNEL_BASE = 0x00010000, 0xC0000000, 0xC0000000
VMALLOC_START, VMALLOC_END = 0xF0000000, 0xF4000000
PROT_R, PROT_W, PROT_X = 1, 2, 4
CR0_PAGING = 1 << 31
KERNEL_FILE = "clockhand.elf"
LIST_MOST = 1 << 20  # a list this long has lost its end


def fail(message: str) -> NoReturn:
    raise gdb.GdbError(message)


def kernel() -> Any:
    """The kernel's symbols (gdb.Objfile)."""
    for objfile in gdb.objfiles():
        if os.path.basename(objfile.filename or "") == KERNEL_FILE:
            return objfile
    return fail("the kernel's symbols are not loaded: `file build/clockhand.elf`")


def symbol(name: str) -> Any:
    found = kernel().lookup_global_symbol(name) or kernel().lookup_static_symbol(name)
    return found or fail(f"the kernel has no symbol '{name}': build/clockhand.elf is not the one "
                         "these commands were written for")


def address_of(name: str) -> int:
    return int(symbol(name).value().address)


def constant(name: str) -> int:
    return int(symbol(name).value())


_enums = {}


def enum(name: str) -> dict[int, str]:
    """Number -> name of each value of a kernel enum."""
    if name not in _enums:
        found = kernel().lookup_static_symbol(name, gdb.SYMBOL_STRUCT_DOMAIN)
        if found is None:
            fail(f"the kernel has no 'enum {name}'")
        _enums[name] = {field.enumval: field.name for field in found.type.fields()}
    return _enums[name]


class Layout:
    """Where the fields of a structure stand: dotted name -> (offset, size, signed)."""

    def __init__(self, kind: Any) -> None:
        self.name, self.size = kind.name, kind.sizeof
        self.fields = {}
        self._add(kind, "", 0)

    def _add(self, kind: Any, prefix: str, base: int) -> None:
        for field in kind.fields():
            offset = base + field.bitpos // 8
            inner = field.type.strip_typedefs()
            if inner.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
                self._add(inner, f"{prefix}{field.name}." if field.name else prefix, offset)
            name = f"{prefix}{field.name}"
            signed = inner.code == gdb.TYPE_CODE_INT and inner.is_signed
            self.fields[name] = (offset, inner.sizeof, signed)


_layouts = {}


def layout(name: str) -> Layout:
    """The layout of the kernel's struct @name."""
    if name not in _layouts:
        found = kernel().lookup_static_symbol(name, gdb.SYMBOL_STRUCT_DOMAIN)
        if found is None:
            fail(f"the kernel has no 'struct {name}'")
        _layouts[name] = Layout(found.type)
    return _layouts[name]


class Record:
    """A structure's bytes; record["field"] or record["inner.field"] is a number."""

    __slots__ = ("layout", "data", "base", "address")

    def __init__(self, kind: Layout, data: bytes, base: int, address: int) -> None:
        self.layout, self.data, self.base, self.address = kind, data, base, address

    def __getitem__(self, name: str) -> int:
        field = self.layout.fields.get(name)
        if field is None:
            fail(f"the kernel's struct {self.layout.name} has no field '{name}'")
        offset, size, signed = field
        at = self.base + offset
        return int.from_bytes(self.data[at:at + size], "little", signed=signed)

    def text(self, name: str) -> str:
        """A char array up to its NUL."""
        offset, size, _ = self.layout.fields[name]
        raw = bytes(self.data[self.base + offset:self.base + offset + size])
        return raw.split(b"\0")[0].decode("ascii", "replace")

    def at(self, name: str) -> int:
        """The guest's address of a field."""
        return self.address + self.layout.fields[name][0]


def read(address: int, size: int) -> bytes:
    """Bytes at a kernel address."""
    try:
        return gdb.selected_inferior().read_memory(address, size).tobytes()
    except gdb.MemoryError as error:
        raise gdb.GdbError(
            f"no memory at 0x{address:08x}: what points there is damaged, or the kernel is in the "
            "middle of changing it; `bt` tells where it is") from error


def word(address: int) -> int:
    return int.from_bytes(read(address, 4), "little")


def variable(name: str) -> int:
    """A kernel variable of a simple type."""
    found = symbol(name)
    value = found.value()
    raw = read(int(value.address), value.type.sizeof)
    return int.from_bytes(raw, "little")


def record(kind: str, address: int) -> Record:
    shape = layout(kind)
    return Record(shape, read(address, shape.size), 0, address)


def variable_record(kind: str, name: str) -> Record:
    return record(kind, address_of(name))


def string(address: int, most: int = 256) -> str:
    raw = b""
    while len(raw) < most and b"\0" not in raw:
        step = min(64, PAGE - (address + len(raw)) % PAGE)
        raw += read(address + len(raw), step)
    return raw.split(b"\0")[0].decode("utf-8", "replace")


def container(node: int, kind: str, member: str) -> int:
    """The address of the struct @kind whose @member stands at @node."""
    return node - layout(kind).fields[member][0]


def list_nodes(head: int) -> Iterator[int]:
    """The nodes of a circular list, without its head."""
    following = layout("list_node").fields["next"][0]
    node, seen = word(head + following), 0
    while node != head:
        yield node
        node, seen = word(node + following), seen + 1
        if seen > LIST_MOST:
            fail(f"the list at 0x{head:08x} does not come back to its head: it is damaged")


def members(head: int, kind: str, member: str) -> Iterator[Record]:
    """Each struct @kind on the list at @head, as a Record."""
    for node in list_nodes(head):
        yield record(kind, container(node, kind, member))


# --- is there anything to look at? ---

def register(name: str) -> int:
    try:
        return int(gdb.parse_and_eval(f"(unsigned int)${name}")) & 0xFFFFFFFF
    except gdb.error as error:
        raise gdb.GdbError(f"the machine's register {name} cannot be read: {error}") from error


def need_machine() -> None:
    """A stopped machine whose paging is on, so that the kernel's addresses mean something."""
    thread = gdb.selected_thread()
    if thread is None or not thread.is_valid():
        fail("no machine is connected: `make debug`, or `target remote 127.0.0.1:1234`")
    if thread.is_running():
        fail("the machine runs: stop it with Ctrl-C first")
    if not register("cr0") & CR0_PAGING:
        fail("paging is off: the machine is still in its firmware or the boot loader; "
             "`continue` runs to kernel_main, `hbreak first_run` stops when all is set up")
    need_this_kernel()


_verified = {}


def need_this_kernel() -> None:
    """The code in memory is the code of the file, or every address would mislead."""
    path = kernel().filename
    start = address_of("kernel_main")
    stamp = (path, os.path.getmtime(path), start)
    if _verified.get("stamp") == stamp:
        return
    with open(path, "rb") as elf:
        expected = code_bytes(elf.read(), start, 64)
    if read(start, 64) != expected:
        fail(f"what runs is not {path}: build again and start the machine again")
    _verified["stamp"] = stamp


def code_bytes(elf: bytes, address: int, size: int) -> bytes:
    """Bytes that an ELF32 file loads at @address."""
    start = int.from_bytes(elf[28:32], "little")
    for at in range(start, start + 32 * int.from_bytes(elf[44:46], "little"), 32):
        offset, va, _, length = (int.from_bytes(elf[at + i:at + i + 4], "little")
                                 for i in (4, 8, 12, 16))
        if va <= address and address + size <= va + length:
            return elf[offset + address - va:offset + address - va + size]
    return b""


def need_memory() -> None:
    """Frames and page tables are set up."""
    need_machine()
    if variable("frame_table") == 0 or variable_record("frame_stats", "frame_stats")["total"] == 0:
        fail("memory management has not begun: `hbreak first_run`, `continue`, "
             "then this command again")


# --- arguments ---

def arguments(text: str, least: int, most: int, usage: str) -> list[str]:
    words = gdb.string_to_argv(text)
    if not least <= len(words) <= most:
        fail(f"usage: {usage}")
    return words


def number(text: str) -> int:
    """An expression of gdb's as a 32-bit number: 0x80491a0, $eip, &frame_stats."""
    try:
        value = gdb.parse_and_eval(text)
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_FUNC:
            value = value.address
        return int(value) & 0xFFFFFFFF
    except gdb.error as error:
        raise gdb.GdbError(f"'{text}' is no number: {error}") from error


def flags_text(bits: int, names: dict[int, str]) -> str:
    """The names of the bits that are set, by enum: "DIRTY CHARGED"."""
    found = [name for bit, name in sorted(names.items()) if bit and bits & bit == bit]
    return " ".join(name.split("_", 1)[1].lower() for name in found) or "none"
