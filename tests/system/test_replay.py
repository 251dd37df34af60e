"""`clockhand replay`: the textbook's figures, an independent OPT and LRU, formats and errors."""

import os
import random
import shutil

from harness import check, equal, find, test

BELADY = "1,2,3,4,1,2,5,1,2,3,4,5"
TEXTBOOK = "7,0,1,2,0,3,0,4,2,3,0,3,2,1,2,0,1,7,0,1"
EVERY = ("opt lru-exact clock fifo second-chance enhanced-clock nru lru lfu lfu-nodecay wsclock "
         "random sieve 2q").split()


def tables(text):
    """{title: {(policy, frames): number}} of the launcher's tables."""
    found, title, names = {}, None, None
    for line in text.splitlines():
        words = line.split()
        if not words:
            title = None
        elif title is None:
            title, names = line, None
            found[title] = {}
        elif names is None:
            names = words[1:]
        else:
            for name, value in zip(names, words[1:]):
                found[title][name, int(words[0])] = float(value)
    return found


def replay(box, *words):
    return tables(output(box, *words))


def output(box, *words):
    result = box.launch("replay", *words)
    equal((result.status, result.error_text()), (0, ""), "status and complaints")
    return result.out.decode()


@test
def textbook_figures(box):
    """Belady's anomaly, and the reference string that most textbooks use."""
    faults = replay(box, "-a", BELADY, "--frames", "3,4")["faults"]
    equal((faults["fifo", 3], faults["fifo", 4]), (9, 10), "Belady's anomaly")
    faults = replay(box, "-a", TEXTBOOK, "--frames", "3")["faults"]
    equal([faults[p, 3] for p in ("opt", "lru-exact", "fifo")], [9, 12, 15], "OPT, LRU, FIFO")
    equal([name for name, _ in faults], EVERY, "policies")


def simple_faults(string, nframes, victim):
    """The slow and obvious way."""
    resident, faults = [], 0  # least recently used first
    for i, page in enumerate(string):
        if page in resident:
            resident.remove(page)
        else:
            faults += 1
            if len(resident) == nframes:
                resident.remove(victim(resident, string[i + 1:]))
        resident.append(page)
    return faults


def farthest(resident, future):
    return max(resident, key=lambda page: future.index(page) if page in future else len(future))


@test
def opt_and_exact_lru_agree_with_a_simple_simulation(box):
    source = random.Random(5)
    for _ in range(12):
        pages, frames = source.randint(2, 30), source.randint(1, 12)
        string = [min(source.randrange(pages), source.randrange(pages)) for _ in range(300)]
        faults = replay(box, "-a", ",".join(map(str, string)), "--frames", str(frames),
                        "-p", "lru-exact")["faults"]
        equal(faults["opt", frames], simple_faults(string, frames, farthest), "opt")
        equal(faults["lru-exact", frames],
              simple_faults(string, frames, lambda resident, _: resident[0]), "lru")


@test
def no_policy_beats_opt(box):
    percent = replay(box, "-n", "5000", "-m", "60", "--frames", "4..32")[
        "percent more faults than opt"]
    equal(len(percent), 29 * (len(EVERY) - 1), "figures")
    check(min(percent.values()) >= 0, "one is better than optimal")


@test
def files_have_a_version_and_comments(box):
    path = box.file("a.ref", b"# clockhand-reference 1\n# program=/bin/x\n0x10 r\n17 w\n16\n"
                             b"18 x # fetched\n17 r\n18 w\n16 r\n")
    found = replay(box, path, "--frames", "2", "-p", "fifo")
    equal(found["faults"], {("opt", 2): 4, ("fifo", 2): 4}, "faults")
    equal(found["modified pages evicted"], {("opt", 2): 1, ("fifo", 2): 1}, "writes")
    with open(path, "rb") as text:
        by_stdin = box.launch("replay", "-", "--frames", "2", "-p", "fifo", text=text.read())
    equal(tables(by_stdin.out.decode()), found, "from standard input")


@test
def ostep_options_are_understood(box):
    path = box.file("addresses", b"0\n1\n2\n0\n1\n3\n0\n3\n1\n2\n1\n")
    lines = output(box, "-f", path, "-p", "LRU", "-C", "3", "-c").splitlines()
    equal(lines[5], "Access: 3  MISS  Replaced:2 [Hits:2 Misses:4]", "sixth access")
    find(r"hits 6 +misses 5 +hitrate 54.55", lines[-1])
    lines = output(box, "-a", "-1", "-n", "6", "-m", "4", "-s", "7", "-c", "-N").splitlines()
    equal(len(lines), 1, "lines with -N")


@test
def patterns_are_the_same_in_every_run(box):
    for pattern in ("loop", "uniform", "80-20", "scan", "phases"):
        words = ("--pattern", pattern, "-n", "4000", "-m", "50", "--frames", "40")
        equal(output(box, *words), output(box, *words), pattern)
    loop = replay(box, "--pattern", "loop", "-n", "4000", "-m", "50", "--frames", "40")["faults"]
    equal((loop["fifo", 40], loop["lru-exact", 40]), (4000, 4000), "a loop that does not fit")
    scan = replay(box, "--pattern", "scan", "-n", "40000", "-m", "80", "--frames", "100")["faults"]
    for policy in ("sieve", "2q"):
        check(scan[policy, 100] - 10000 < (scan["clock", 100] - 10000) / 2,
              f"{policy} loses its hot pages to a scan: {scan[policy, 100]} faults, "
              f"clock {scan['clock', 100]}")


@test
def pictures_are_drawn_or_the_reason_is_said(box):
    for kind in ("svg", "png"):
        path = box.file(f"curves.{kind}")
        result = box.launch("replay", "-a", BELADY, "--plot", path)
        if shutil.which("gnuplot"):
            equal(result.status, 0, "status")
            check(os.path.getsize(path) > 1000, "an empty picture")
        elif result.status:
            find("gnuplot or matplotlib", result.error_text())
    empty = box.file("empty/x", b"")
    result = box.launch("replay", "-a", BELADY, "--plot", box.file("curves.gif"),
                        env={"PATH": os.path.dirname(empty)})
    find(r"ends in \.png or \.svg", result.error_text())


@test
def replay_says_what_is_wrong(box):
    future = box.file("future", b"# clockhand-reference 3\n1 r\n")
    for words, message in (
            ([], "which string"), (["-a", "1,b"], "'b' is not a page's number"),
            (["-a", "1", future], "only one string"), ([future], "version 3"),
            (["/no/file"], "No such file"), ([box.file("nothing", b"# none\n")], "no page"),
            (["-a", "1", "-p", "foo"], "no policy is called 'foo'"),
            (["-a", "1", "--frames", "4..3"], "look like"),
            (["-a", "1", "-C", "0"], "above 0")):
        result = box.launch("replay", *words)
        equal(result.status, 125, " ".join(words))
        find(message, result.error_text())
