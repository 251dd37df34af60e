"""Paging, counted: the textbook's promises as exact differences between two runs.

A run of N pages and a run of none do the same except for touching them, so the difference of the
counters is what the pages cost.
"""

from harness import check, equal, find, same_as_linux, test

PAGES = 300
SMALL = {"ram": "16M", "frames": 64, "swap": "8M"}
DEMONSTRATIONS = ("matrix", "pagesort", "hashtable", "forkstorm", "stackgrow")
POLICIES = ("clock", "fifo", "second-chance", "enhanced-clock", "nru", "lru", "lfu", "lfu-nodecay",
            "wsclock", "random", "sieve", "2q")


def touch(box, kind, pages, passes=1, **settings):
    return box.run("/bin/touchpages", kind, str(pages), str(passes), **settings).expect()


def cost(box, kind, pages, key):
    """What @pages pages add to a counter (or to the faults)."""
    def read(result):
        return result.faults() if key == "faults" else result[key]
    base = 20  # both runs have used what the program itself needs, page tables too
    return read(touch(box, kind, base + pages)) - read(touch(box, kind, base))


@test
def faults_equal_pages_written(box):
    """Demand paging."""
    equal(cost(box, "write", PAGES, "faults"), PAGES, "faults")
    equal(cost(box, "write", PAGES, "zero_fills"), PAGES, "zero_fills")


@test
def faults_equal_pages_read(box):
    """A page that is only read takes no frame."""
    equal(cost(box, "read", PAGES, "faults"), PAGES, "faults")
    equal(cost(box, "read", PAGES, "peak_resident_pages"), 0, "peak_resident_pages")


@test
def a_write_after_a_read_is_one_fault_more(box):
    """The page of zeroes is shared until it is written."""
    equal(cost(box, "mixed", PAGES, "faults"), 2 * PAGES, "faults")


@test
def faults_equal_file_pages_touched(box):
    """Pages of the program file come in by fault, each read once."""
    equal(cost(box, "file", 200, "faults"), 200, "faults")
    equal(cost(box, "file", 200, "file_ins"), 200, "file_ins")
    equal(cost(box, "file", 200, "major_faults"), 200, "major_faults")


@test
def a_second_pass_over_resident_pages_costs_nothing(box):
    once, again = (touch(box, "write", PAGES, passes).faults() for passes in (1, 5))
    equal(again, once, "faults")


@test
def a_program_larger_than_its_memory_finishes(box):
    """1 MiB in 256 KiB of frames."""
    result = same_as_linux(box, "/bin/bigprog", **SMALL)
    check(result["peak_resident_pages"] <= 64, f"{result['peak_resident_pages']} pages resident")
    for key in ("swap_ins", "swap_outs", "file_ins", "evictions_clean"):
        check(result[key] > 0, f"no {key}")


@test
def a_clean_page_is_not_written_again(box):
    """After the first pass pages are only read; each has been written to swap once."""
    few, many = (touch(box, "once", PAGES, passes, **SMALL) for passes in (3, 6))
    equal(many["swap_outs"], few["swap_outs"], "swap_outs of 3 and 6 passes")
    check(many["swap_ins"] >= few["swap_ins"] + 3 * (PAGES - 64), "passes read from swap")
    check(many["evictions_clean"] > few["evictions_clean"], "clean evictions")


@test
def a_dirty_page_is_written_each_time(box):
    """The write workload pays twice."""
    few, many = (touch(box, "write", PAGES, passes, **SMALL) for passes in (3, 6))
    more = many["swap_outs"] - few["swap_outs"]
    check(more >= 3 * (PAGES - 64), f"three passes wrote only {more} pages")


@test
def reading_a_file_writes_nothing(box):
    """File pages are dropped and read again, never written."""
    few, many = (touch(box, "file", 256, passes, **SMALL) for passes in (1, 4))
    equal(many["swap_outs"], few["swap_outs"], "swap_outs")
    check(many["file_ins"] >= few["file_ins"] + 3 * (256 - 64), "pages are read again")


@test
def the_frame_limit_holds(box):
    for frames in (16, 32, 128):
        result = touch(box, "write", PAGES, 2, ram="16M", frames=frames, swap="8M")
        equal(result["frames_limit"], frames, "frames_limit")
        check(result["peak_resident_pages"] <= frames,
              f"{result['peak_resident_pages']} pages resident, {frames} allowed")


@test
def evictions_are_written_or_clean(box):
    result = touch(box, "write", PAGES, 4, **SMALL)
    equal(result["evictions"] - result["evictions_clean"], result["swap_outs"], "dirty evictions")


def demonstration(name):
    def run(box):
        result = same_as_linux(box, f"/bin/{name}", **SMALL)
        check(result["swap_ins"] > 0 and result["swap_outs"] > 0,
              f"{result['swap_ins']} pages from swap, {result['swap_outs']} to swap")
        check(result["peak_resident_pages"] <= 64, "more pages resident than frames")
    run.__name__ = f"{name}_prints_what_it_prints_on_linux"
    return run


for demonstration_name in DEMONSTRATIONS:
    test(demonstration(demonstration_name))


@test
def every_policy_pages(box):
    for policy in POLICIES:
        result = same_as_linux(box, "/bin/hashtable", **SMALL, options=["--policy", policy])
        equal(result["policy"], policy, "policy")
        check(result["swap_ins"] > 0, "nothing came from swap")


@test
def real_memory_runs_out_too(box):
    """Without a frame limit: more pages than the machine has."""
    result = touch(box, "write", 4000, 2, ram="8M", swap="32M")
    check(result["swap_outs"] > 0, "nothing went to swap")
    check(result["frames_total"] < 2048, "8 MiB are 2048 frames")


@test
def out_of_memory_and_swap_ends_one_program(box):
    """No panic: the program is ended, and the machine is sound."""
    result = box.run("/bin/touchpages", "write", "1000", frames=64, swap="1M")
    equal(result.status, 137, f"status\n{result.error_text()}")
    for key in ("frames_leaked", "slots_leaked", "objects_leaked"):
        equal(result[key], 0, key)


@test
def out_of_memory_ends_who_has_the_memory(box):
    """One at a time: those who fault while the victim dies are spared."""
    log = box.file("log")
    result = box.run(box.compile("hogs.c"), ram="16M", swap="4M", options=["--log", log]).expect(3)
    find(b"the parent lives", result.out)
    with open(log, "rb") as lines:
        equal(lines.read().count(b"out of memory"), 3, "processes chosen")


@test
def a_fork_too_many_is_refused(box):
    """ENOMEM for the one who forks, and nobody has to be ended for it.

    In 512 MiB it is not frames that run out first but room for kernel stacks.
    """
    program = box.compile("forks.c")
    for options in ({"ram": "8M"}, {"ram": "16M", "frames": 64}, {"ram": "64M"}, {"ram": "512M"}):
        result = box.run(program, **options).expect(12)
        equal(result.out, b"refused\n", "what the parent says")


@test
def no_swap_at_all_is_fine(box):
    equal(touch(box, "write", PAGES, swap="0")["swap_slots"], 0, "swap_slots")


@test
def runs_with_icount_are_identical(box):
    """The same report and the same output, byte for byte."""
    runs = [box.run("/bin/pagesort", options=["--icount"], **SMALL).expect() for _ in range(2)]
    equal(runs[0].report, runs[1].report, "reports")
    equal(runs[0].err, runs[1].err, "reports as text")
    check(runs[0]["instructions"] > 1_000_000, "instructions")
    files = []
    for number in (1, 2):
        with open(box.file(f"report-{number}.json"), "rb") as report:
            files.append(report.read())
    equal(files[0], files[1], "report files")
