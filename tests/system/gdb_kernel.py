"""For scripts inside gdb: the kernel's own functions, run in the stopped machine."""

import gdb

REGISTERS = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "eip", "eflags")
INTERRUPTS = 1 << 9


def number(text):
    return int(gdb.parse_and_eval(f"(unsigned int)({text})"))


class KernelCalls:
    """Functions of the kernel, run in the stopped machine; its registers are as before after it.

    Arguments go into registers, as the kernel is compiled (-mregparm=3). The function returns to
    kernel_main, where a breakpoint waits and which does not run any more. Interrupts are off.
    """

    def __enter__(self):
        self.saved = {name: number(f"${name}") for name in REGISTERS}
        self.back = gdb.Breakpoint("*&kernel_main", gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        return self

    def __exit__(self, *_):
        self.back.delete()
        for name, before in self.saved.items():
            gdb.execute(f"set ${name} = {before:#x}")

    def call(self, function, *arguments):
        """(eax, edx) after the call."""
        stack = (self.saved["esp"] - 256 & ~0xF) - 4
        gdb.execute(f"set {{unsigned int}}{stack:#x} = &kernel_main")
        for name, argument in zip(("eax", "edx", "ecx"), arguments):
            gdb.execute(f"set ${name} = {argument:#x}")
        gdb.execute(f"set $esp = {stack:#x}")
        gdb.execute(f"set $eflags = {self.saved['eflags'] & ~INTERRUPTS:#x}")
        gdb.execute(f"set $eip = {function}")
        gdb.execute("continue", to_string=True)
        if number("$eip") != number("&kernel_main"):
            raise gdb.GdbError(f"{function} did not return")
        return number("$eax"), number("$edx")


def run_on():
    """`continue`. False: the machine has ended."""
    try:
        gdb.execute("continue", to_string=True)
    except gdb.error:
        return False  # the connection is closed
    thread = gdb.selected_thread()
    return thread is not None and thread.is_valid()
