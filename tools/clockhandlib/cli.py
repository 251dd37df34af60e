"""The verbs and their options."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import Callable, NamedTuple, NoReturn

from . import sizes
from .errors import LauncherError, STATUS_INTERRUPTED, STATUS_LAUNCHER, STATUS_SIGNAL_BASE
from .machine import Terminated

PROLOGUE = "Boot Clockhand in an emulator and watch memory work."
EPILOGUE = """\
statuses of run: the program's own; 128 + N: ended by signal N; 124: time ran out;
125: the launcher could not do it; 126: kernel panic, or no record from the kernel.
environment: CLOCKHAND_QEMU another QEMU binary, CLOCKHAND_BUILD another build folder."""
MIN_FRAMES = 16


def frames(text: str) -> int:
    if not text.isdigit() or int(text) < MIN_FRAMES:
        raise argparse.ArgumentTypeError(f"'{text}': at least {MIN_FRAMES} frames")
    return int(text)


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds")
    return value


def word(text: str) -> str:
    if not text or any(char.isspace() for char in text):
        raise argparse.ArgumentTypeError(f"'{text}' is not one word")
    return text


class Parser(argparse.ArgumentParser):
    """Wrong usage is the launcher's own error: 125, not argparse's 2."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(STATUS_LAUNCHER, f"clockhand: {message}\n")


def add_machine(verb: argparse.ArgumentParser, timeout: float | None) -> None:
    verb.add_argument("--ram", type=sizes.parse, default=sizes.parse("64M"), metavar="SIZE",
                      help="memory besides swap area and archives (64M)")
    verb.add_argument("--swap", type=sizes.parse, default=sizes.parse("64M"), metavar="SIZE",
                      help="swap area on a RAM disk (64M)")
    verb.add_argument("--frames", type=frames, metavar="N", help="at most N frames for user pages")
    verb.add_argument("--policy", type=word, metavar="NAME", help="page replacement (clock)")
    verb.add_argument("--append", type=str.split, action="extend", default=[], metavar="WORDS",
                      help="more words for the kernel's command line")
    verb.add_argument("--root", action="append", default=[], metavar="DIR",
                      help="lay a folder over the guest's root; may be repeated")
    verb.add_argument("--timeout", type=seconds, default=timeout, metavar="SECONDS",
                      help=f"give up after so long ({timeout:g})" if timeout else "give up after")


def add_run(verb: argparse.ArgumentParser) -> None:
    add_machine(verb, 600.0)
    verb.add_argument("--stdin", metavar="FILE",
                      help="standard input of the program (a pipe or file on the launcher's own)")
    verb.add_argument("--icount", action="store_true",
                      help="time is guest instructions, the same in every run")
    verb.add_argument("--emulator", choices=("qemu", "bochs"), default="qemu")
    verb.add_argument("--report", metavar="FILE", help="write the report as JSON")
    verb.add_argument("--log", metavar="FILE", help="write the kernel's log")
    verb.add_argument("-q", "--quiet", action="store_true", help="no report on standard error")
    verb.add_argument("program", nargs="*", metavar="PROGRAM", help="with its arguments, after --")


def positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return int(text)


def frame_counts(text: str) -> list[int]:
    from . import replay
    try:
        return replay.parse_frames(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_replay(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", nargs="?", metavar="FILE", help="a reference string; -: stdin")
    verb.add_argument("--frames", type=frame_counts, metavar="LIST", help="4..64, or 3,4")
    verb.add_argument("-p", "--policy", action="append", default=[], metavar="NAME[,NAME...]",
                      help="only these, and opt (all); names as in --policy of run, and opt, "
                           "lru-exact")
    verb.add_argument("--pattern", choices=("loop", "uniform", "80-20", "scan", "phases",
                                               "polluted"),
                      help="a string made to a pattern, of -n references and -m pages")
    verb.add_argument("--managed", action="store_true",
                      help="leave out pages that were locked, or the page of zeroes")
    verb.add_argument("--plot", metavar="FILE", help="draw the curves into FILE.png or FILE.svg")
    ostep = verb.add_argument_group("as in OSTEP's paging-policy.py")
    ostep.add_argument("-a", "--addresses", metavar="LIST", help="pages, with commas; -1: random")
    ostep.add_argument("-f", "--addressfile", metavar="FILE", help="the same as FILE")
    ostep.add_argument("-n", "--numaddrs", type=positive, metavar="N",
                       help="so many random pages (10)")
    ostep.add_argument("-m", "--maxpage", type=positive, default=10, metavar="N",
                       help="random pages are below N (10)")
    ostep.add_argument("-s", "--seed", type=int, default=0, metavar="N", help="of random pages (0)")
    ostep.add_argument("-C", "--cachesize", type=positive, metavar="N",
                       help="the same as --frames N")
    ostep.add_argument("-c", "--compute", action="store_true", help="show what each access does")
    ostep.add_argument("-N", "--notrace", action="store_true", help="with -c: totals alone")


def process_counts(text: str) -> list[int]:
    counts = frame_counts(text)
    if not counts or counts[0] < 1:
        raise argparse.ArgumentTypeError(f"'{text}': at least one process")
    return counts


def add_demo_thrash(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--processes", type=process_counts, metavar="LIST",
                      default=[1, 2, 3, 4, 5, 6, 7, 8, 10, 12],
                      help="how many at a time: 1..8, or 1,2,4 (1 to 12)")
    verb.add_argument("--frames", type=frames, default=64, metavar="N", help="of memory (64)")
    for name, value, what in (("pages", 24, "that each process needs"),
                              ("visits", 2000, "of a page that each makes"),
                              ("work", 10, "times that a visit goes over its page"),
                              ("quantum", 1, "ticks that a process runs while others wait"),
                              ("disk-delay", 2000, "microseconds that the disk takes a page")):
        verb.add_argument(f"--{name}", type=positive, default=value, metavar="N",
                          help=f"{what} ({value})")
    verb.add_argument("--plot", metavar="FILE",
                      help="draw FILE-throughput and FILE-useful; FILE ends in .png or .svg")
    verb.add_argument("--timeout", type=seconds, default=600.0, metavar="SECONDS",
                      help="of each run (600)")


def add_shell(verb: argparse.ArgumentParser) -> None:
    add_machine(verb, None)
    verb.add_argument("--display", default="none", metavar="KIND",
                      help="show the machine's screen: gtk, sdl, vnc=:0 (none)")
    verb.add_argument("--qmp", metavar="SOCKET", help="let programs control QEMU by this socket")
    verb.add_argument("--trace", metavar="FILE",
                      help="record what the kernel does, as trace --live")


def add_test(verb: argparse.ArgumentParser) -> None:
    add_machine(verb, 300.0)
    verb.add_argument("--emulator", choices=("qemu", "bochs", "both"), default="both")
    verb.add_argument("glob", nargs="?", metavar="GLOB", help="only tests with such names")


def add_debug(verb: argparse.ArgumentParser) -> None:
    add_machine(verb, None)
    verb.add_argument("--gdb-port", type=int, default=int(os.environ.get("GDBPORT") or 1234),
                      metavar="N", help="port of the stub on 127.0.0.1 (1234)")
    verb.add_argument("--gdb", default=os.environ.get("GDB") or "gdb", metavar="COMMAND",
                      help="'none': the stub alone")
    verb.add_argument("--gdb-commands", metavar="FILE", help="gdb commands to begin with")
    verb.add_argument("--stdin", metavar="FILE", help="standard input of the program (empty)")
    verb.add_argument("--replay", action="store_true",
                      help="record the program's run, then replay it: gdb can go backwards")
    verb.add_argument("program", nargs="*", metavar="PROGRAM")


def add_bench(verb: argparse.ArgumentParser) -> None:
    add_machine(verb, 600.0)


def add_trace(verb: argparse.ArgumentParser) -> None:
    add_run(verb)
    verb.add_argument("--out", metavar="FILE", help="the recording (PROGRAM.ref, PROGRAM.trace)")
    verb.add_argument("--live", action="store_true",
                      help="what the kernel does: faults, looks of the policy, evictions")


class Verb(NamedTuple):
    """What one verb is: its line of help, its options, and where it is done.

    Its module is imported only when it is asked for: a verb's start does not wait for the others.
    """

    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    module: str
    function: str
    wants_program: bool = False


VERBS = {
    "run": Verb("run one program and report how it used memory", add_run, "run", "run",
                wants_program=True),
    "shell": Verb("boot into the shell on this terminal; Ctrl-A x leaves", add_shell,
                  "shell", "shell"),
    "test": Verb("run the kernel's self-tests", add_test, "selftest", "test"),
    "debug": Verb("start stopped, with gdb on QEMU's stub", add_debug, "debug", "debug"),
    "bench": Verb("measure, and print Linux's figures beside", add_bench, "bench", "bench"),
    "replay": Verb("every policy over a recorded reference string", add_replay,
                   "replay", "replay"),
    "trace": Verb("run one program and record the pages it uses", add_trace, "trace", "trace",
                  wants_program=True),
    "demo-thrash": Verb("too many processes, with load control and without", add_demo_thrash,
                        "thrash", "demo"),
}


def build_parser() -> Parser:
    parser = Parser(prog="clockhand", description=PROLOGUE, epilog=EPILOGUE,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True,
                                  parser_class=Parser)
    for name, verb in VERBS.items():
        verb.add_options(verbs.add_parser(name, help=verb.help))
    return parser


def parse(arguments: list[str]) -> argparse.Namespace:
    """Everything after the first -- is the program's and none of argparse's business."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = build_parser()
    options = parser.parse_args(arguments[:split])
    if hasattr(options, "program"):
        options.program += arguments[split + 1:]
    elif split + 1 < len(arguments):
        parser.error(f"'{options.verb}' takes no program")
    if VERBS[options.verb].wants_program and not options.program:
        parser.error(f"which program? as in: {options.verb} -- /bin/hello")
    return options


def dispatch(options: argparse.Namespace) -> int:
    verb = VERBS[options.verb]
    module = importlib.import_module(f".{verb.module}", __package__)
    return getattr(module, verb.function)(options)


def open_standard_channels() -> None:
    """Where one is closed: or the next file opened would take its number and its output."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def main(arguments: list[str]) -> int:
    open_standard_channels()
    try:
        return dispatch(parse(arguments))
    except LauncherError as error:
        print(f"clockhand: {error}", file=sys.stderr)
        return STATUS_LAUNCHER
    except KeyboardInterrupt:
        return STATUS_INTERRUPTED
    except Terminated as ended:
        return STATUS_SIGNAL_BASE + ended.signum
