"""The shell on a terminal, on a pipe and on nothing; and gdb."""

import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time

from harness import (HALTING_QEMU, LAUNCHER, PATIENCE, ROOT, check, equal, find, test, wait_for)

CTRL_A, CTRL_C, CTRL_D = b"\x01", b"\x03", b"\x04"
PROMPT = b"$ "


class Terminal:
    """The launcher on a pseudo-terminal."""

    def __init__(self, box, *words):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TMPDIR"] = box.path
            os.execv(sys.executable, [sys.executable, LAUNCHER, *words])
        self.seen = b""

    def expect(self, text):
        """Until @text has come; forgets what came before."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            check(time.monotonic() < deadline, f"no {text!r} in {self.seen[-500:]!r}")
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.fd, 4096)
                except OSError:
                    check(text in self.seen, f"ended without {text!r}: {self.seen[-500:]!r}")
        self.seen = self.seen.partition(text)[2]

    def type(self, data):
        os.write(self.fd, data)

    def close(self):
        """Exit status."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.fd, 4096)
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        check(False, f"did not end: {self.seen[-500:]!r}")
        return None


@test
def shell_powers_off_at_the_end_of_input(box):
    result = box.launch("shell", stdin=subprocess.DEVNULL)
    equal(result.status, 0, f"status\n{result.error_text()}")
    find(rb"\$ ", result.out)


@test
def shell_powers_off_with_standard_input_closed(box):
    done = subprocess.run(["sh", "-c", f'exec "{LAUNCHER}" shell <&-'], capture_output=True,
                          env={**os.environ, "TMPDIR": box.path}, timeout=PATIENCE, check=False)
    equal(done.returncode, 0, f"status\n{done.stderr.decode()}")


@test
def shell_takes_commands_from_a_pipe(box):
    result = box.launch("shell", text=b"echo one\nfalse\necho two")  # no newline at the end
    equal(result.status, 0, f"status\n{result.error_text()}")
    find(rb"\none\n", result.out)
    find(rb"\ntwo\n", result.out)


@test
def shell_loses_nothing_of_a_long_input(box):
    lines = b"".join(b"echo line-%03d-%s\n" % (number, b"x" * 40) for number in range(120))
    result = box.launch("shell", text=lines)
    equal(result.status, 0, f"status\n{result.error_text()}")
    missing = [number for number in range(120) if b"\nline-%03d-" % number not in result.out]
    equal(missing, [], "lines that did not come back")


@test
def shell_programs_read_what_follows(box):
    result = box.launch("shell", text=b"cat\nfor cat\n")
    equal(result.status, 0, f"status\n{result.error_text()}")
    check(result.out.count(b"for cat") >= 2, "cat printed its line")


@test
def shell_types_nothing_into_a_machine_that_stands_still(box):
    """On a busy host firmware and programs are silent for long, and wait for nothing."""
    result = box.launch("shell", text=b"cat\nfor cat\n", env={"CLOCKHAND_QEMU": HALTING_QEMU})
    equal(result.status, 0, f"status\n{result.error_text()}")
    find(rb"\$ cat\nfor cat\nfor cat\n", result.out)


@test
def shell_on_a_terminal(box):
    """Editing, Ctrl-C for the guest, Ctrl-D at the prompt."""
    terminal = Terminal(box, "shell")
    terminal.expect(PROMPT)
    terminal.type(b"echo helxlo\x7f\x7f\x7flo there\r")
    terminal.expect(b"\nhello there")
    terminal.expect(PROMPT)
    terminal.type(b"echo ready; cat\r")
    terminal.expect(b"\nready")  # from here on the terminal echoes and edits lines for cat
    terminal.type(b"abc\r")
    terminal.expect(b"abc\r\nabc")  # the terminal's echo, then cat, so ^C is for cat
    terminal.type(CTRL_C)
    terminal.expect(PROMPT)
    terminal.type(CTRL_D)
    equal(terminal.close(), 0, "status")


@test
def tab_completes_commands_processes_and_demonstrations(box):
    terminal = Terminal(box, "shell")
    terminal.expect(PROMPT)
    terminal.type(b"hierar\t--help\r")
    terminal.expect(b"\nhierarchy: registers")
    terminal.expect(PROMPT)
    terminal.type(b"maps \t\t")  # two processes, init and the shell: the second Tab lists them
    terminal.expect(b"1  2")
    terminal.type(b"2\t\r")
    terminal.expect(b"[stack]")
    terminal.expect(PROMPT)
    terminal.type(b"demo pag\t\r")
    terminal.expect(b"physical 20")
    terminal.expect(PROMPT)
    terminal.type(b"cat /etc/mo\t\r")
    terminal.expect(b"\nClockhand:")
    terminal.expect(PROMPT)
    terminal.type(CTRL_D)
    equal(terminal.close(), 0, "status")


@test
def proc_tells_the_terminal_and_who_has_it(box):
    result = box.launch("shell", text=b"sleep 100 &\ncat /proc/2/stat /proc/3/stat /proc/4/stat\n")
    equal(result.status, 0, result.error_text())
    facts = [line.rpartition(b")")[2].split() for line in result.out.splitlines()
             if line.startswith((b"2 (sh)", b"3 (sleep)", b"4 (cat)"))]
    equal(len(facts), 3, f"processes in {result.out[-600:]}")
    for fact in facts:  # state, parent, group, session, terminal, the group that has it
        equal(fact[3:6], [b"2", b"1281", facts[2][2]], "session, terminal, foreground group")
    check(facts[1][2] != facts[2][2], "the sleeper is in a group of its own")


@test
def arrows_bring_lines_back(box):
    up, left = b"\x1b[A", b"\x1b[D"
    terminal = Terminal(box, "shell")
    terminal.expect(PROMPT)
    terminal.type(b"echo first line\r")
    terminal.expect(b"\nfirst line")
    terminal.expect(PROMPT)
    terminal.type(b"echo second\r")
    terminal.expect(b"\nsecond")
    terminal.expect(PROMPT)
    terminal.type(up + up + b"s\r")
    terminal.expect(b"\nfirst lines")
    terminal.expect(PROMPT)
    terminal.type(up + up + left * 2 + b"X\r")
    terminal.expect(b"\nsecoXnd")
    terminal.expect(PROMPT)
    terminal.type(CTRL_D)
    equal(terminal.close(), 0, "status")


@test
def ctrl_a_x_leaves(box):
    terminal = Terminal(box, "shell")
    terminal.expect(PROMPT)
    terminal.type(CTRL_A + b"x")
    equal(terminal.close(), 0, "status")


@test
def a_crash_of_a_program_leaves_the_shell(box):
    result = box.launch("shell", text=b"nullderef\necho status $?\n")
    equal(result.status, 0, f"status\n{result.error_text()}")
    find(rb"\nstatus 139", result.out)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@test
def gdb_stops_in_the_kernel_with_symbols(box):
    commands = box.file("commands", b"continue\nbt 1\nbreak syscall_handle\ncontinue\nbt 1\nkill\n")
    result = box.launch("debug", "--gdb-port", str(free_port()), "--gdb",
                        "gdb -batch -nx", "--gdb-commands", commands, "--", "/bin/hello")
    equal(result.status, 0, result.error_text())
    find(rb"kernel_main", result.out)
    find(rb"syscall_handle", result.out)


@test
def the_stub_alone_waits_for_a_debugger(box):
    port = free_port()
    launcher = subprocess.Popen(
        [sys.executable, LAUNCHER, "debug", "--gdb", "none", "--gdb-port", str(port), "--",
         "/bin/hello"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": box.path})
    try:
        wait_for(lambda: listening(port), f"somebody listens on {port}")
        gdb = subprocess.run(
            ["gdb", "-batch", "-nx", os.path.join(ROOT, "build", "clockhand.elf"),
             "-ex", f"target remote 127.0.0.1:{port}", "-ex", "hbreak kernel_main",
             "-ex", "continue", "-ex", "bt 1", "-ex", "delete", "-ex", "detach"],
            capture_output=True, timeout=PATIENCE, check=False)
        find(rb"kernel_main", gdb.stdout)
        out, err = launcher.communicate(timeout=PATIENCE)
        equal(launcher.returncode, 0, err.decode())
        check(out, "hello printed nothing after the debugger had left")
    finally:
        if launcher.poll() is None:
            launcher.terminate()
            launcher.communicate()


def listening(port):
    with open("/proc/net/tcp", encoding="ascii") as table:
        return f"0100007F:{port:04X} 00000000:0000 0A" in table.read()
