"""Programs in partitions: the textbook's story, binding, limits, swapping of whole processes."""

import os
import re
import shutil
import subprocess

from harness import ROOT, Skipped, check, equal, find, test

REGION = 2560
USER = os.path.join(ROOT, "build", "user")
# Tests of what programs see that hold under base and limit too; the others rely on protection,
# on shared maps, or on memory that comes and goes by pages.
ALSO_IN_PARTITIONS = (
    "copy-swapped", "dup", "files", "files-names", "fork-cow", "fork-swapped", "fpu", "heap",
    "page-linear", "page-parallel", "page-shuffle", "poll", "registers",
    "signal-calls", "signal-forged", "signal-handlers", "signal-stack", "signals", "single-step",
    "timers", "tls", "zero-fill")


def run(box, *words, size=f"{REGION}K", more="", options=(), **settings):
    settings = {"ram": "32M", "swap": "8M", **settings}
    return box.run(*words, options=["--append", f"partitions={size} {more}", *options], **settings)


def script(box, *lines, options=(), **settings):
    """
    Standard output and errors of the shell that runs these lines; nothing may leak. Time is guest
    instructions, so "sleep 1" is enough for others to start, on any machine.
    """
    box.count += 1
    path = box.file(f"script-{box.count}", "\n".join([*lines, ""]).encode("ascii"))
    result = run(box, "/bin/sh", options=["--icount", "--stdin", path, *options],
                 **settings).expect()
    return result.out.decode("ascii"), result.err.decode("ascii")


def blocks(text):
    """The lines of one drawing: (start, size, "hole" or pid) from the bottom up."""
    return [(int(start), int(size), what if what == "hole" else int(pid))
            for start, size, what, pid
            in re.findall(r"^  [A-Z.] +(\d+)K +(\d+)K  (hole|pid (\d+)).*$", text, re.M)]


def log_of(text):
    """The dispatcher's decisions, without the ticks."""
    return re.findall(r"^\d+ (pid .*)$", text, re.M)


def in_order(lines, *patterns):
    """Each pattern matches a line behind the one before."""
    at = 0
    for pattern in patterns:
        while at < len(lines) and not re.search(pattern, lines[at]):
            at += 1
        check(at < len(lines), f"'{pattern}' is missing, or too early, in {lines}")
        at += 1


@test
def partitions_story(box):
    """The holes are 260K, 300K, 100K; compaction makes 660K of them; results right."""
    result = run(box, "/bin/demo-partitions").expect()
    text = result.out.decode("ascii")
    check("NOT SO" not in text and "the story is told" in text, text[-1500:])
    scenes = [[block[:2] for block in blocks(scene) if block[2] == "hole"]
              for scene in text.split("--- a single program")[0].split("--- ")
              if "\n|" in scene]
    equal(scenes, [[(400, 2160)], [(2300, 260)], [(2300, 260)], [(1700, 300), (2300, 260)],
                   [(900, 100), (1700, 300), (2300, 260)], [(2500, 60)], [(400, 2160)]], "holes")
    find("1024000 bytes were moved", text)
    sums = re.findall(r"tally: 400 KiB, 0 wrong, sum (\w+)", text)
    equal(len(set(sums)), 1, "sums of the same program, paged and in a partition")


@test
def partitions_fifo_admission(box):
    """Nobody overtakes: a small program waits behind a large one, although it would fit."""
    out, _ = script(
        box, "partitions quantum 0", "partition --size 2000K tally-low --until-term --quiet &",
        "sleep 1", "partition --size 1000K tally-low --rounds 1 &", "sleep 1",
        "partition --size 300K tally-low --rounds 1 &", "sleep 1", "partitions", "kill 3", "wait",
        "partitions log")
    pictures = out.split("variable, first fit")
    equal(blocks(pictures[2]), [(0, 2000, 3), (2000, 560, "hole")], "blocks while two wait")
    in_order(pictures[2].splitlines(), r"waits:.* 1000 5 ", r"waits:.* 300 7 ")
    in_order(log_of(out), "pid 3 loaded, 2000", "pid 5 waits", "pid 7 waits",
             "pid 5 loaded, 1000 at 0", "pid 7 loaded, 300")
    check("rolled out" not in out, "somebody was rolled out with quantum 0")


@test
def partitions_bound_at_three_times(box):
    """What is bound at execution time moves and still computes; the others cannot."""
    tally = "--fill --until-term"
    out, err = script(
        box, "partitions quantum 0", f"partition --size 600K tally-low {tally} &", "sleep 1",
        "partitions move 3 1500K", "sleep 1", "kill 3", "wait",
        f"partition --size 600K tally-pie {tally} &", "sleep 1", "partitions move 8 900K",
        "sleep 1", "kill 8", "wait",
        f"partition --size 600K --bind load tally-pie {tally} &", "sleep 1",
        "partitions move 13 900K", "partitions", "kill 13", "wait",
        f"partition --size 600K tally-fixed {tally} &", "sleep 1",
        "partitions move 18 0", "partitions",
        "partition --size 600K tally-fixed", "echo status $?", "kill 18", "wait")
    pictures = [blocks(picture) for picture in out.split("variable, first fit")[2:]]
    equal(pictures[0], [(0, 1500, "hole"), (1500, 600, 3), (2100, 460, "hole")], "after a move")
    equal(pictures[1], [(0, 900, "hole"), (900, 600, 8), (1500, 1060, "hole")], "after a move")
    equal(pictures[2], [(0, 600, 13), (600, 1960, "hole")], "bound at load time")
    equal(pictures[3], [(0, 1024, "hole"), (1024, 600, 18), (1624, 936, "hole")], "compile time")
    equal(err.count("Operation not permitted"), 2, "refused moves")
    find("status 126", out)
    find("Device or resource busy", err)
    equal(out.count(", 0 wrong"), 4, "programs that computed right")


@test
def partitions_swap_whole_processes(box):
    """On the quantum's expiry one goes out for another; the chosen one comes back."""
    line = "partition --size 900K tally-low --fill --rounds 60 &"
    out, _ = script(box, "partitions quantum 5", line, line, line, line, "wait", "partitions log")
    equal(len(set(re.findall(r" KiB, 0 wrong, sum (\w+)", out))), 1, "sums")
    equal(out.count(" KiB, 0 wrong"), 4, "programs that ended")
    log = log_of(out)
    in_order(log, "pid 5 waits", "pid 3 rolled out, 900 at 0, for pid 5", "pid 5 loaded, 900 at 0",
             "pid 3 chosen, not in memory", "rolled out, .* for pid 3", "pid 3 rolled in")


@test
def partitions_all_get_on(box):
    """No livelock: with the shortest quantum, beside paged programs that want the CPU as well."""
    paged = "tally --size 400K --rounds 900 &"
    whole = "partition --size 1400K tally-low --fill --rounds 30 &"
    out, _ = script(box, "partitions quantum 1", paged, paged, paged, whole, whole, "wait",
                    "partitions log")
    equal(out.count("400 KiB, 0 wrong"), 3, "paged programs that computed right")
    equal(len(re.findall(r"13\d\d KiB, 0 wrong", out)), 2,
          "programs in partitions that computed right")
    check(out.count("rolled in") < 200, "more swapping than turns")


@test
def partitions_wait_when_swap_is_full(box):
    """Nobody can go out: places are given up by ending alone, and nothing is half written."""
    line = "partition --size 900K tally-low --fill --rounds 60 &"
    out, _ = script(box, "partitions quantum 5", line, line, line, line, "wait", "partitions log",
                    swap="512K")
    equal(len(re.findall(r"8\d\d KiB, 0 wrong", out)), 4, "programs that ended")
    check("rolled out" not in out, "somebody went out")


@test
def partitions_higher_priority_goes_first(box):
    """Who arrives with a higher priority does not wait for a quantum."""
    out, _ = script(
        box, "partitions quantum 0", "partition --size 2000K tally-low --fill --until-term &",
        "sleep 1", "partition --size 1000K --priority 1 tally-low --fill --rounds 2", "kill 3",
        "wait", "partitions log")
    equal(out.count(", 0 wrong"), 2, "programs that computed right")
    in_order(log_of(out), "pid 3 loaded", "pid 3 rolled out, 2000 at 0, for pid 5",
             "pid 5 loaded, 1000 at 0", "pid 3 rolled in, 2000 at 0")


@test
def partitions_thousand_times_out_and_in(box):
    """Images intact, no slot lost, under random timing and with compactions in between."""
    result = run(box, "/bin/rollstorm", "--times", "1000").expect()
    find(rb"rollstorm: 1\d\d\d times out and in, 0 of 6 images damaged, 0 KiB", result.out)
    check(result["swap_outs"] > 50000 and result["swap_ins"] > 50000, "too little was swapped")


@test
def partitions_out_and_in_on_bochs(box):
    """The TLB of the other emulator keeps what it is not told to forget."""
    if not shutil.which("bochs"):
        raise Skipped("bochs is not installed")
    result = run(box, "/bin/rollstorm", "--times", "20", options=["--emulator", "bochs"]).expect()
    find(rb"times out and in, 0 of 6 images damaged, 0 KiB", result.out)


@test
def partitions_end_while_on_swap(box):
    """Killed on swap, and in the queue: neither comes in again, nothing is lost."""
    out, _ = script(
        box, "partitions quantum 0", "partition --size 2000K tally-low --rounds 1000000 &",
        "sleep 1", "partition --size 2000K --priority 1 tally-low --rounds 1000000 &", "sleep 1",
        "partition --size 2000K tally-low &", "sleep 1", "partitions", "kill -9 3", "kill -9 7",
        "sleep 1", "partitions", "kill -9 5", "wait", "partitions")
    check(re.search(r"on swap: .* 2000 3 ", out) or re.search(r"waits: .* 2000 3 ", out), out)
    equal(blocks(out.split("variable, first fit")[-1]), [(0, REGION, "hole")], "blocks at the end")


@test
def partitions_a_signal_ends_who_waits(box):
    """SIGTERM, as ^C, ends one that waits in the queue or on swap; it needs no place to die."""
    out, _ = script(
        box, "partitions quantum 0", "partition --size 2000K tally-low --rounds 1000000 &",
        "sleep 1", "partition --size 2000K --priority 1 tally-low --rounds 1000000 &", "sleep 1",
        "partition --size 2000K tally-low &", "sleep 1", "partitions", "kill 3", "kill -INT 7",
        "sleep 1", "partitions", "kill 5", "wait")
    pictures = out.split("variable, first fit")
    equal(len(re.findall("waits:", pictures[2])), 2, "who waits")
    equal(len(re.findall("waits:|on swap:", pictures[3])), 0, "who still waits")


@test
def partitions_single_with_a_growing_system(box):
    """The program at the high end, the hole in the middle, a driver taken and released."""
    out, err = script(
        box, "partitions mode single", "partitions system 400K",
        "partition --size 600K tally-low --until-term --quiet &", "sleep 1", "partitions",
        "partitions driver take 300K", "partitions driver take 300K", "partitions driver release",
        "partitions driver take 3000K", "partitions driver take 1600K", "kill 4", "wait",
        "partitions")
    pictures = [blocks(picture) for picture in out.split("single, first fit")[1:]]
    equal(pictures[2], [(400, 1560, "hole"), (1960, 600, 4)], "400K for the system")
    equal(pictures[3], [(700, 1260, "hole"), (1960, 600, 4)], "a driver has 300K")
    equal(pictures[4], [(400, 1560, "hole"), (1960, 600, 4)], "and gave them back")
    equal(pictures[5], [(400, 2160, "hole")], "at the end")
    equal(len(re.findall("busy|Invalid", err)), 3, "refused drivers")


@test
def partitions_fixed(box):
    """Cut once; what a program does not need of its partition is lost inside."""
    out, _ = script(
        box, "partitions quantum 0", "partition --size 350K tally-low --until-term --quiet &",
        "partition --size 900K tally-low --until-term --quiet &", "sleep 1", "partitions",
        "kill 3 4", "wait",
        more="partition_mode=fixed:400K+1000K+600K fit=best")
    last = out.split("fixed, best fit")[-1]
    equal(blocks(last), [(0, 400, 3), (400, 1000, 4), (1400, 600, "hole")], "blocks")
    find(r"internal fragmentation\) %d bytes" % ((400 - 350 + 1000 - 900) * 1024), last)


@test
def partitions_fixed_can_be_sixteen(box):
    """As many as there may be, by the command line and by an order; more, or half a word, none."""
    sixteen, seventeen = ("fixed:" + "+".join(["100K"] * n) for n in (16, 17))
    expected = [(start, 100, "hole") for start in range(0, 1600, 100)]
    # Cut after as many characters as fit, its last size would be 4K or 40K and all would be valid.
    long = "fixed:" + "+".join(["4096K"] * 30)
    out, err = script(box, "partitions", "partitions mode variable", f"partitions mode {sixteen}",
                      f"partitions mode {seventeen}", f"partitions mode {long}", "partitions",
                      more=f"partition_mode={sixteen}", size="96M", ram="140M")
    pictures = [blocks(picture) for picture in re.split(r"^\w+, first fit", out, flags=re.M)[1:]]
    equal(pictures, [expected, [(0, 98304, "hole")], expected, expected], "partitions")
    equal(err.count("Invalid argument"), 2, "refused orders")


@test
def partitions_limit_is_a_page_in_both(box):
    """One page beyond: SIGSEGV; the neighbour's numbers are right."""
    out, err = script(
        box, "partition --size 600K tally-low --fill --until-term &", "sleep 1",
        "partition --size 600000 beyond 4096", "echo status $?", "kill 2", "wait")
    find(r"tally: 5\d\d KiB, 0 wrong", out)
    check("written" not in out, "it lived")
    find("status 139", out)
    find("Segmentation fault", err)
    asked = run(box, "/bin/partition", "--size", "600000", "/bin/beyond", "--ask", "1").expect()
    find(b"read into it: Bad address", asked.out)


@test
def partitions_limit_is_a_byte_in_bochs(box):
    """One byte beyond, in the program's own last page: only the segment's limit can see it."""
    if not shutil.which("bochs"):
        raise Skipped("bochs is not installed")
    words = ["/bin/partition", "--size", "600000", "/bin/beyond"]
    settings = {"options": ["--emulator", "bochs"]}
    equal(run(box, *words, "1", **settings).expect(139).out,
          b"limit 600000, writing at 600000\n", "output")
    equal(run(box, *words, "0", **settings).expect().out.splitlines()[-1], b"written", "output")


@test
def partitions_need_a_region_and_a_program_that_fits(box):
    result = box.run("/bin/partition", "/bin/tally-low")
    equal(result.status, 1, "status without a region")
    find(b"there is no region", result.err)
    for words, error in ((["--size", "8K", "tally-low"], b"Cannot allocate memory"),
                         (["--size", "9M", "tally-low"], b"Cannot allocate memory"),
                         (["tally"], b"Exec format error"),
                         (["cat-no-such"], b"No such file")):
        result = run(box, "/bin/partition", *words)
        check(result.status in (126, 127), f"status {result.status}")
        find(error, result.err)
    find(b"linked low", run(box, "/bin/partition", "cat").err)
    result = run(box, "/bin/partitions", size="1100M", ram="2000M")
    equal(result.status, 126, "status with a region larger than the direct map")
    find("below 768 MiB, 1126400 KiB of partitions", result.err.decode("ascii"))


def link_low(box, name, source):
    """A program of the guest, linked again from its objects to begin at 4 KiB."""
    with open(os.path.join(ROOT, "user", "user.mk"), encoding="ascii") as makefile:
        text = makefile.read().replace("\\\n", " ")
    library = re.search(r"^USER_LIB := (.*)$", text, re.M).group(1)
    extra = re.search(rf"^EXTRA_{name} := (.*)$", text, re.M)
    flags = re.search(rf"^LDFLAGS_{name} := (.*)$", text, re.M)
    sources = [*library.split(), *source, *(extra.group(1).split() if extra else ())]
    program = box.file(f"top/low/{name}")
    os.makedirs(os.path.dirname(program), exist_ok=True)
    subprocess.run(["gcc", "-m32", "-static", "-nostdlib", "-Wl,--build-id=none",
                    "-Wl,-z,noexecstack", "-Wl,-Ttext-segment=0x1000",
                    *(flags.group(1).split() if flags else ()),
                    *(os.path.join(USER, source + ".o") for source in sources), "-o", program],
                   check=True)


@test
def partitions_run_ordinary_tests(box):
    """Files, pipes, signals, threads, fork, timers, futexes: the same output as on Linux."""
    lines = []
    for name in ALSO_IN_PARTITIONS:
        link_low(box, name, [f"tests/user/{name}.c", "tests/user/testing.c"])
        lines += [f"echo == {name}", f"partition --size 2M /low/{name}"]
    out, _ = script(box, *lines, size="12M", options=["--root", box.file("top")])
    parts = re.split(r"^== (.*)\n", out, flags=re.M)
    for name, text in zip(parts[1::2], parts[2::2]):
        with open(os.path.join(ROOT, "tests", "user", f"{name}.expected"),
                  encoding="ascii") as expected:
            equal(text, expected.read(), f"output of {name}")
    equal(len(parts) // 2, len(ALSO_IN_PARTITIONS), "programs that ran")


@test
def partitions_random_system_calls_do_not_stop_the_machine(box):
    """And nothing is lost by them: places, slots, frames."""
    link_low(box, "hostile", ["user/demo/hostile.c"])
    for seed in ("1", "20"):
        result = run(box, "/bin/partition", "--size", "1M", "/low/hostile", "--quiet", "--really",
                     "--seed", seed, "--children", "12", "--calls", "200", size="6M", ram="48M",
                     options=["--root", box.file("top")]).expect()
        find(b"the parent lives", result.out)


@test
def partitions_bring_a_process_in_once_for_all_its_threads(box):
    """However many of its threads wait for it: one decision, as the process counts them."""
    os.makedirs(box.file("top/tmp"))
    try:
        subprocess.run(["gcc", "-m32", "-O1", "-static-pie", "-fPIE", "-pthread", "-o",
                        box.file("top/tmp/runners"),
                        os.path.join(ROOT, "tests", "system", "programs", "runners.c")],
                       check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        raise Skipped("no static 32-bit C library here") from error
    line = "partition --size 1500K /tmp/runners &"
    out, _ = script(box, "partitions quantum 20", line, line, "wait", "partitions log",
                    options=["--root", box.file("top")])
    told = sum(int(n) for n in re.findall(r"^rolled_in (\d+)$", out, re.M))
    check(told > 1, f"{told} times rolled in")
    log = log_of(out)
    check(len(log) < 128, "the record has lost its beginning")
    equal(sum("rolled in" in event for event in log), told, "decisions to roll in")


@test
def partitions_fork_moves_the_parent_and_no_ones_thread_local_storage(box):
    """Fork has to compact, so the parent moves after the child's descriptor was read."""
    source = os.path.join(ROOT, "tests", "system", "programs", "tls_clone.asm")
    program = box.file("top/low/tls_clone")
    os.makedirs(os.path.dirname(program))
    subprocess.run(["nasm", "-f", "elf32", source, "-o", program + ".o"], check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-Ttext-segment=0x1000", program + ".o",
                    "-o", program], check=True)
    out, _ = script(box, "partition --size 200K tally-low --quiet --until-term &", "sleep 1",
                    "partition --size 352K /low/tls_clone &", "sleep 1", "kill 2", "wait",
                    "partitions log", size="752K", options=["--root", box.file("top")])
    find("the child found its own", out)
    check(re.search(r"moved|compact", out), "nobody was moved:\n" + out)


@test
def partitions_hold_programs_with_a_c_library(box):
    """The stock compiler's static programs, linked low and movable, bound at both times."""
    source = os.path.join(ROOT, "tests", "system", "programs", "libc.c")
    expected = ["2 arguments, the last is word, HOME is /",
                "thread: Success, its own 42, ours 7", "signal: 10",
                "heap: 100000, map: ok, 0", "shared map: No such device"]
    kinds = {"low": ["-static", "-no-pie", "-Wl,-Ttext-segment=0x1000"],
             "pie": ["-static-pie", "-fPIE"]}
    os.makedirs(box.file("top/tmp"))
    for name, flags in kinds.items():
        try:
            subprocess.run(["gcc", "-m32", "-O1", *flags, "-o", box.file(f"top/tmp/{name}"),
                            source, "-pthread"], check=True, capture_output=True)
        except subprocess.CalledProcessError as error:
            raise Skipped("no static 32-bit C library here") from error
    for name, bind, last in (("low", "exec", "fork: child 5, mine 7"),
                             ("pie", "exec", "fork: child 5, mine 7"),
                             ("pie", "load", "fork: Cannot allocate memory")):
        result = run(box, "/bin/partition", "--size", "3M", "--bind", bind, f"/tmp/{name}", "word",
                     size="8M", options=["--root", box.file("top")]).expect()
        equal(result.out.decode("ascii").splitlines(), [*expected, last], f"{name}, {bind}")
