"""Dynamic programs of the host: their interpreter and libraries come along, or are named."""

import os
import subprocess

from harness import Skipped, equal, find, test

MAIN = """
#include <stdio.h>
#include <math.h>
int main(int argc, char **argv) { printf("%s %.6f\\n", argv[1], sin(argc)); return 7; }
"""
LIBRARY = "int answer(void) { return 42; }\n"
USER = "int answer(void); int main(void) { return answer(); }\n"


def build(box, name, source, *flags):
    """A 32-bit program or library by the stock compiler; its path."""
    path = box.file(name)
    command = ["gcc", "-m32", "-o", path, "-x", "c", "-", "-x", "none", *flags]
    done = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    if done.returncode:
        raise Skipped(f"gcc -m32 makes no dynamic programs here: {done.stderr.splitlines()[-1:]}")
    return path


@test
def a_dynamic_host_program_brings_what_it_needs(box):
    for flags in ((), ("-no-pie",), ("-static-pie",)):
        result = box.run(build(box, "sine", MAIN, *flags, "-lm"), "one").expect(7)
        equal(result.out, b"one 0.909297\n", f"output with {flags}")


@test
def libraries_are_found_by_the_run_path(box):
    library = build(box, "libanswer.so", LIBRARY, "-shared", "-fPIC")
    program = build(box, "asks", USER, library, "-Wl,-rpath,$ORIGIN")
    box.run(program).expect(42)


@test
def a_missing_library_is_named(box):
    library = build(box, "libanswer.so", LIBRARY, "-shared", "-fPIC", "-Wl,-soname,libanswer.so")
    program = build(box, "asks", USER, library)
    os.remove(library)
    result = box.run(program)
    equal(result.status, 125, "status")
    find(r"asks: needs libanswer.so, which is neither", result.error_text())


@test
def a_missing_interpreter_is_named(box):
    program = build(box, "odd", "int main(void) { return 0; }\n",
                    "-Wl,--dynamic-linker=/no/such/ld.so")
    result = box.run(program)
    equal(result.status, 125, "status")
    find(r"/no/such/ld.so \(the dynamic linker\)", result.error_text())
