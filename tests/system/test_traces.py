"""Recordings: they change no count, replay to the same faults, and agree with models."""

import importlib.machinery
import importlib.util
import os

import trace_models
from harness import ROOT, check, equal, find, test
from test_replay import BELADY, TEXTBOOK, replay

COUNTS = ("minor_faults", "major_faults", "zero_fills", "cow_copies", "file_ins", "swap_ins",
          "swap_outs", "evictions", "evictions_clean", "peak_resident_pages")
SMALL = (("pagesort", "--count", "14000"), ("hashtable", "--keys", "500", "--places", "4096"),
         ("phases", "--pages", "5", "--rounds", "1", "--steps", "500"))


def record(box, *words, live=False, name="recording", **settings):
    """Run and record; the lines without comments, and the Result."""
    path = box.file(name)
    options = ["--out", path] + ["--live"] * live
    result = box.run(*words, verb="trace", options=options, **settings).expect()
    with open(path, encoding="ascii") as lines:
        return [line.strip() for line in lines if line[0] != "#"], result


def counts(result):
    return {key: result[key] for key in COUNTS}


@test
def a_recording_changes_no_count(box):
    for words in SMALL:
        plain = counts(box.run(*words, frames=16).expect())
        for live in (False, True):
            _, result = record(box, *words, live=live, frames=16)
            equal(counts(result), plain, f"{words[0]}, live={live}")
        check(plain["evictions"] > 20, f"{words[0]} has to replace pages: {plain}")


@test
def programs_do_not_notice_that_they_are_recorded(box):
    """Their own single steps, signal frames, forks, threads, execs."""
    for name in ("single-step", "signal-handlers", "signal-forged", "signal-stack", "mprotect",
                 "mremap", "exec", "wait"):
        words = (f"/tests/{name}",)
        expected = box.run(*words, frames=64).expect().out
        _, result = record(box, *words, frames=64)
        equal(result.out, expected, name)


@test
def a_reference_string_is_exact(box):
    """One known walk: the area's pages in the order given, each written, nothing between."""
    lines, _ = record(box, "pattern", "order", TEXTBOOK)
    start = lines.index(next(line for line in lines if " w l" in line))
    area = [int(line.split()[0], 16) for line in lines[start:]
            if line.endswith(" w") and "k" not in line]
    base = min(area)
    equal([page - base for page in area], [int(page) for page in TEXTBOOK.split(",")], "pages")


@test
def every_instruction_changes_pages_as_it_must(box):
    """Loads, stores, both in one, string moves, a call through memory, code across two pages."""
    program = box.compile("touches.c", "touches_instructions.asm")
    lines, _ = record(box, program)
    pages = [int(line.split()[0], 16) for line in lines]
    marks = [at for at, page in enumerate(pages) if page == 0x20000]
    names = {0x20001: "A", 0x20002: "B", 0x20003: "C", 0x20004: "D"}
    told = [names[page] + line.split()[1] for page, line in
            list(zip(pages, lines))[marks[-2] + 1:marks[-1]] if page in names]
    equal(" ".join(told), "Aw Aw Ar Bw Ar Bw Br Cx Dx", "what each instruction did")


@test
def replay_has_exactly_the_live_faults(box):
    """The policy that ran, over the pages it knew, in as many frames."""
    for policy in ("clock", "fifo", "second-chance"):
        for words in SMALL:
            more = ["--policy", policy]
            lines, _ = record(box, *words, live=True, frames=16, policy=policy)
            live = sum(line.startswith("insert ") for line in lines)
            record(box, *words, frames=16, policy=policy, name="reference")
            faults = replay(box, box.file("reference"), "--managed", "--frames", "16",
                            "-p", policy)["faults"][policy, 16]
            equal(faults, live, f"{' '.join(more + list(words))}: pages brought in")


@test
def victims_are_those_of_an_independent_model(box):
    for policy, model in trace_models.MODELS.items():
        for words in SMALL + (("forkstorm", "--generations", "2", "--pages", "12"),):
            lines, result = record(box, *words, live=True, frames=16, policy=policy)
            equal(lines[-1], "end", "last record")
            victims = trace_models.replay(lines, model())
            equal(len(victims), result["evictions"], f"victims of {policy}, {words[0]}")


@test
def live_records_agree_with_the_counters(box):
    lines, result = record(box, "forkstorm", "--generations", "2", "--pages", "12", live=True,
                           frames=24)
    words = [line.split() for line in lines]
    equal(sum(w[0] == "evict" and w[2] == "clean" for w in words), result["evictions_clean"],
          "clean evictions")
    faults = [w for w in words if w[0] == "fault" and w[1] != "stale"]
    equal(sum(w[2] == "major" for w in faults), result["major_faults"], "major faults")
    equal(sum(w[2] == "minor" for w in faults), result["minor_faults"], "minor faults")
    started, ended = ({w[1] for w in words if w[0] == what} for what in ("start", "exit"))
    equal(started, ended, "processes that began and ended")
    check(len(started) >= 4, f"forkstorm's processes are told: {started}")


@test
def a_session_of_the_shell_is_recorded_too(box):
    path = box.file("session")
    result = box.launch("shell", "--frames", "32", "--policy", "second-chance", "--trace", path,
                        text=b"phases --pages 8 --rounds 1\nhello\n")
    equal(result.status, 0, "status")
    check(b"Hello from ring 3!" in result.out, "the shell works")
    with open(path, encoding="ascii") as lines:
        records = [line.strip() for line in lines if line[0] != "#"]
    equal(records[-1], "end", "last record")
    check("exec 3 hello" in records or "exec 4 hello" in records, "hello's execve is told")
    victims = trace_models.replay(records, trace_models.SecondChance())
    check(len(victims) > 20, f"{len(victims)} victims, each the model's")


def locked_pages(box):
    """What `pattern` has beside its area: it has touched one page of it."""
    return box.run("pattern", "order", "0").expect()["peak_resident_pages"] - 1


def pattern_faults(box, *words, locked, frames, policy):
    """Faults on the area alone, in @frames frames."""
    settings = {"frames": locked + frames, "policy": policy}
    base = box.run("pattern", "scan", "1", "0", **settings).expect().faults()
    return box.run("pattern", *words, **settings).expect().faults() - base


@test
def textbook_figures_on_the_live_kernel(box):
    """A real process touches real pages; OPT and LRU judge that very run."""
    locked = locked_pages(box)
    for order, frames, expected in ((BELADY, 3, 9), (BELADY, 4, 10), (TEXTBOOK, 3, 15)):
        faults = pattern_faults(box, "order", order, locked=locked, frames=frames, policy="fifo")
        equal(faults, expected, f"fifo, {order} in {frames} frames")
    record(box, "pattern", "order", TEXTBOOK, frames=locked + 3, policy="fifo")
    faults = replay(box, box.file("recording"), "--managed", "--frames", "3", "-p",
                    "lru-exact,fifo")["faults"]
    equal([faults[p, 3] for p in ("opt", "lru-exact", "fifo")], [9, 12, 15], "opt, lru, fifo")


@test
def an_old_favourite_leaves_only_with_decay(box):
    """Page 0 is used for long, then not until the very end."""
    locked, first = locked_pages(box), "1," + ",".join(f"0,{1 + i % 11}" for i in range(300))
    then = ",".join(str(20 + i % 13) for i in range(700))
    for policy, stays in (("lfu", False), ("lfu-nodecay", True)):
        order = f"{first},{then}"
        lines, _ = record(box, "pattern", "order", f"{order},0", live=True, frames=locked + 10,
                          policy=policy)
        faults = [line.split() for line in lines if line.startswith("fault ")]
        pages = [int(words[4], 16) for words in faults]
        area = min(page for page in pages if page > 0xb0000 and page < 0xbff00)
        equal(pages.count(area), 1 if stays else 2, f"faults on page 0 under {policy}")


@test
def a_page_used_on_every_lap_stays(box):
    """Clock: page 0 between any two others, over a loop that does not fit."""
    # Page 1 comes first: when the hand first turns every page was used, and the oldest goes.
    locked = locked_pages(box)
    order = "1," + ",".join(f"0,{1 + i % 17}" for i in range(1, 201))
    lines, result = record(box, "pattern", "order", order, live=True, frames=locked + 8,
                           policy="clock")
    faults = [int(line.split()[4], 16) for line in lines if line.startswith("fault ")]
    area = min(page for page in faults if page > 0xb0000 and page < 0xbff00)
    equal(faults.count(area), 1, "faults on page 0")
    equal(faults.count(area + 1), 12, "faults on page 1, which a loop cannot keep")
    check(result["evictions"] > 150, "the loop did not fit")


@test
def patterns_have_the_faults_of_an_independent_clock(box):
    """32 MiB in 4096 frames, and less; see user/demo/pattern.c for order and start."""
    locked = locked_pages(box)
    for name, pages, frames, count in (("random", 8192, 4096, 40000), ("80-20", 8192, 4096, 40000),
                                       ("scan", 8192, 4096, 20000), ("80-20", 600, 200, 30000)):
        expected = trace_models.clock_faults(trace_models.pattern(name, pages, count), frames)
        faults = pattern_faults(box, name, str(pages), str(count), locked=locked, frames=frames,
                                policy="clock")
        equal(faults, expected, f"{name}, {count} touches of {pages} pages in {frames} frames")


def load_policy_table():
    path = os.path.join(ROOT, "tools", "policy-table")
    loader = importlib.machinery.SourceFileLoader("policy_table", path)
    spec = importlib.util.spec_from_loader("policy_table", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@test
def the_policies_keep_what_the_table_promises(box):
    """
    As in docs/policies.md: the patterns exactly, and two of its demonstrations recorded anew within
    a tenth: another compiler, or a change of the library, lays out other pages.
    """
    table = load_policy_table()
    with open(os.path.join(ROOT, "docs", "policies.md"), encoding="utf-8") as page:
        rows = {row[0].strip(): [cell.split("(")[0].strip() for cell in row[1:]]
                for row in (line.strip("|\n").split("|") for line in page if line[0] == "|")}
    names = [name.strip() for name in rows["policy"]]
    for name in ("hashtable", "phases", *table.MADE):
        if name in table.DEMOS:
            record(box, *table.DEMOS[name], name=name)
            words = [box.file(name), "--frames", rows["*pages, frames*"][names.index(name)]
                     .strip("*").rsplit(" ", 1)[1]]
        else:
            pattern, pages = table.MADE[name]
            words = ["--pattern", pattern, "-m", str(pages), "-n", str(table.PATTERN_LENGTH),
                     "--frames", str(table.PATTERN_FRAMES)]
        faults = {policy: int(n) for (policy, _), n in replay(box, *words)["faults"].items()}
        told = {policy: int(rows[policy][names.index(name)].replace(",", "")) for policy in faults}
        if name in table.DEMOS:
            far = {policy: (n, told[policy]) for policy, n in faults.items()
                   if abs(n - told[policy]) > told[policy] // 10}
            check(not far, f"column {name} of docs/policies.md: {far}")
        else:
            equal(faults, told, f"column {name} of docs/policies.md")
        equal(list(table.broken_promises([(name, 0, 0, faults)])), [], "promises")


@test
def trace_refuses_what_it_can_not_do(box):
    result = box.launch("trace", "--emulator", "bochs", "--", "hello")
    equal(result.status, 125, "status")
    find("Bochs", result.error_text())
    check(not os.path.exists(box.file("hello.ref")), "no file is left")
    path = box.file("bad.ref", b"# clockhand-reference 3\n1\n")
    find("version 3", box.launch("replay", path).error_text())
    path = box.file("marks.ref", b"# clockhand-reference 2\n1 r q\n")
    find("no marks", box.launch("replay", path).error_text())
