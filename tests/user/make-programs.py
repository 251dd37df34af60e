#!/usr/bin/env python3
"""Writes small ELF programs and scripts, sound and damaged ones, for the test "programs".

    tests/user/make-programs.py FOLDER PATH

FOLDER is where they go, PATH where the guest finds them. Each is named for what is wrong with it;
LIST holds all names in order. A sound program ends with status 7.
"""

import os
import struct
import sys

EXEC, DYN = 2, 3
LOAD, INTERP, STACK = 1, 3, 0x6474E551
R, W, X = 4, 2, 1
BASE = 0x08048000
EXIT_7 = bytes.fromhex("bb07000000" "b801000000" "cd80")
# Sum of the data word, which is 5, and the .bss word behind the file, which must be 0, plus 2.
ADD_DATA = bytes.fromhex("8b1d{data}" "031d{bss}" "83c302" "b801000000" "cd80"
                         .format(data=struct.pack("<I", BASE + 0x1000).hex(),
                                 bss=struct.pack("<I", BASE + 0x1004).hex()))
# The interpreter: exit(AT_BASE == where it runs && AT_ENTRY != 0 ? 7 : 1), by the vector on the
# stack: skip argc, argv and envp, then walk the pairs.
INTERPRETER = bytes.fromhex(
    "e800000000"        # call next
    "5d" "83ed05"       # next: pop ebp; sub ebp, 5          ebp = the entry
    "81e500f0ffff"      # and ebp, ~4095                     ebp = the base
    "89e6" "ad"         # mov esi, esp; lodsd                argc
    "8d748604"          # lea esi, [esi + eax * 4 + 4]       behind argv
    "ad" "85c0" "75fb"  # lodsd; test eax, eax; jnz -5       behind envp
    "31db"              # xor ebx, ebx
    "ad" "89c1" "ad"    # pair: lodsd; mov ecx, eax; lodsd
    "83f907" "7506"     # cmp ecx, 7 (AT_BASE); jne +6
    "39e8" "7502"       # cmp eax, ebp; jne +2
    "b303"              # mov bl, 3
    "83f909" "7507"     # cmp ecx, 9 (AT_ENTRY); jne +7
    "85c0" "7403"       # test eax, eax; jz +3
    "80c304"            # add bl, 4
    "85c9" "75e1"       # test ecx, ecx; jnz pair
    "b801000000" "cd80")  # exit(bl)


def segment(kind=LOAD, offset=0, vaddr=BASE, filesz=0x1000, memsz=None, flags=R | X, align=0x1000):
    memsz = filesz if memsz is None else memsz
    return struct.pack("<8I", kind, offset, vaddr, vaddr, filesz, memsz, flags, align)


def program(code=EXIT_7, segments=None, kind=EXEC, base=BASE, size=0x1000, data=b"", **header):
    """One page with headers and code, then @data. @header replaces fields of the file's header."""
    segments = [segment(vaddr=base)] if segments is None else segments
    code_at = 0x200
    fields = dict(ident=b"\x7fELF\1\1\1".ljust(16, b"\0"), type=kind, machine=3, version=1,
                  entry=base + code_at, phoff=52, shoff=0, flags=0, ehsize=52, phentsize=32,
                  phnum=len(segments), shentsize=40, shnum=0, shstrndx=0)
    fields.update(header)
    out = struct.pack("<16sHHIIIIIHHHHHH", *fields.values()) + b"".join(segments)
    return (out.ljust(code_at, b"\0") + code).ljust(size, b"\0") + data


def dynamic(path, code=EXIT_7, **more):
    """A program that asks for the interpreter @path, whose name lies at offset 0x100."""
    segments = [segment(INTERP, 0x100, BASE + 0x100, len(path)), segment()]
    whole = bytearray(program(code, segments, **more))
    whole[0x100:0x100 + len(path)] = path
    return bytes(whole)


def sound(here):
    data_segment = segment(offset=0x1000, vaddr=BASE + 0x1000, filesz=4, memsz=0x3000, flags=R | W)
    tail = struct.pack("<II", 5, 99)  # 99 lies behind the segment's file part
    movable = [segment(vaddr=0)]
    return {
        "sound": program(),
        "sound-data": program(ADD_DATA, [segment(), data_segment], data=tail),
        "sound-movable": program(EXIT_7, movable, DYN, 0),
        "sound-dynamic": dynamic(here + b"/interpreter\0"),
        "sound-stack": program(segments=[segment(), segment(STACK, 0, 0, 0, flags=R | W)]),
        "sound-stack-executable": program(segments=[segment(), segment(STACK, 0, 0, 0)]),
        "sound-large-alignment": program(EXIT_7, [segment(vaddr=0, align=1 << 22)], DYN, 0),
        "sound-odd-alignment": program(segments=[segment(align=3)]),
        "sound-header-fields": program(version=9, shoff=0xffffffff, shnum=7, ehsize=1, flags=5),
        "sound-empty-segment": program(
            segments=[segment(), segment(vaddr=BASE + 0x5000, filesz=0)]),
        "sound-short-file": program(segments=[segment(filesz=0x3000)]),
    }


def damaged_headers():
    ident = b"\x7fELF\1\1\1".ljust(16, b"\0")
    return {
        "no-class": program(ident=b"\x7fELF\2\1\1".ljust(16, b"\0")),
        "other-magic": program(ident=b"\x7eELF\1\1\1".ljust(16, b"\0")),
        "other-machine": program(machine=62),
        "relocatable": program(type=1),
        "core": program(type=4),
        "type-0": program(type=0),
        "cut-header": program()[:40],
        "no-headers": program(phnum=0),
        "header-size": program(phentsize=56),
        "headers-beyond": program(phoff=0x100000),
        "headers-wrap": program(phoff=0xfffffff0),
        "headers-cut": program(phoff=0xff0),
        "too-many-headers": program(phnum=0xffff),
        "ident-rest": program(ident=ident[:7] + b"\xff" * 9),
        "no-segments": program(segments=[segment(STACK, 0, 0, 0)]),
    }


def damaged_segments():
    return {
        "file-over-memory": program(segments=[segment(filesz=0x1000, memsz=0x800)]),
        "in-kernel": program(segments=[segment(), segment(vaddr=0xfffff000)]),
        "across-the-end": program(segments=[segment(), segment(vaddr=0xffffd000, memsz=0x2800)]),
        "memory-wraps": program(segments=[segment(memsz=0xfffff000)]),
        "unaligned": program(segments=[segment(), segment(offset=4, vaddr=BASE + 0x2000)]),
        "at-zero": program(segments=[segment(vaddr=0)]),
        "entry-nowhere": program(entry=0x10),
        "entry-in-kernel": program(entry=0xc0100000),
        "not-executable-memory": program(segments=[segment(flags=0)]),
        "beyond-the-file": program(segments=[segment(offset=0x5000)]),
        "movable-too-large": program(EXIT_7, [segment(vaddr=0, memsz=0xfffff000)], DYN, 0),
    }


def damaged_interpreters(here):
    return {
        "interpreter-missing": dynamic(b"/no/such/interpreter\0"),
        "interpreter-folder": dynamic(here + b"\0"),
        "interpreter-text": dynamic(here + b"/text\0"),
        "interpreter-short": dynamic(here + b"/cut-header\0"),
        "interpreter-damaged": dynamic(here + b"/other-machine\0"),
        "interpreter-no-headers": dynamic(here + b"/no-headers\0"),
        "interpreter-broken": dynamic(here + b"/in-kernel\0"),
        "interpreter-unterminated": dynamic(here + b"/interpreter"),
        "interpreter-empty": dynamic(b"\0"),
        "interpreter-beyond": program(segments=[segment(INTERP, 0x100000, 0, 20), segment()]),
        "interpreter-long": program(segments=[segment(INTERP, 0x100, 0, 5000), segment()]),
    }


def scripts(here):
    run = here + b"/sound"
    found = {
        "script": b"#!" + run + b"\n",
        "script-blanks": b"#! \t " + run + b" \t one two \t \nrest\n",
        "script-no-newline": b"#!" + run,
        "script-empty": b"#!\n",
        "script-blank": b"#!   \n",
        "script-only": b"#!",
        "script-missing": b"#!/no/such/interpreter\n",
        "script-folder": b"#!" + here + b"\n",
        "script-long-argument": b"#!" + run + b" " + b"x" * 400 + b"\n",
        "script-long-name": b"#!/" + b"x" * 400 + b"\n",
        "script-blanks-for-ever": b"#!" + b" " * 400 + run + b"\n",
        "script-nul": b"#!" + run + b"\0garbage\n",
        "script-loop": b"#!" + here + b"/script-loop\n",
        "text": b"hello\n",
        "empty": b"",
    }
    previous = b"/sound"
    for depth in range(1, 8):
        found[f"script-{depth}"] = b"#!" + here + previous + b"\n"
        previous = f"/script-{depth}".encode()
    return found


def main():
    folder, here = sys.argv[1], os.fsencode(sys.argv[2])
    os.makedirs(folder, exist_ok=True)
    files = {**sound(here), **damaged_headers(), **damaged_segments(),
             **damaged_interpreters(here), **scripts(here)}
    names = "".join(f"{name}\n" for name in files).encode()
    files["interpreter"] = program(INTERPRETER, [segment(vaddr=0)], DYN, 0)
    for name, data in files.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(data)
        os.chmod(path, 0o755)
    with open(os.path.join(folder, "LIST"), "wb") as out:
        out.write(names)


main()
