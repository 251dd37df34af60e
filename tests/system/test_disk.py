"""The disk with a service time: it never idles while somebody waits, and others run meanwhile.

With --icount the time stamp counter counts instructions, one a nanosecond, and so does the clock
that the disk goes by: times are the guest's own, the same in every run.
"""

import functools
import tempfile

from harness import Box, check, equal, test

FRAMES = 64
SERVICES = (200, 2000)  # microseconds: far below a tick, and a fifth of one
PASSES, WORK = "5", 20000


@functools.lru_cache(maxsize=None)
def measured(service, pagers, computers=0, work=WORK):
    """(microseconds, what /proc/diskstats has more after it than before)"""
    with tempfile.TemporaryDirectory(prefix="clockhand-test-") as folder:
        box = Box(folder)
        program = box.compile("pagers.c", "pagers_time.asm")
        result = box.run(program, str(pagers), str(computers), PASSES, str(work), ram="16M",
                         frames=FRAMES, swap="8M",
                         options=["--icount", "--append", f"disk_delay={service}"]).expect()
    before, after, time = result.out.decode("ascii").splitlines()
    before, after = ([int(n) for n in line.split()[3:]] for line in (before, after))
    return int(time), [b - a for a, b in zip(before, after)]


def requests(figures):
    return figures[0] + figures[4]


@test
def the_disk_never_idles_while_a_request_waits(_box):
    for service, pagers in ((200, 2), (200, 5), (2000, 2)):
        time, figures = measured(service, pagers)
        served = requests(figures) * service
        check(requests(figures) > pagers * 500, f"only {requests(figures)} requests")
        check(served <= time <= 1.05 * served,
              f"{pagers} pagers, {service} us: {time} us for {served} us of service")


@test
def a_program_that_computes_runs_while_another_waits_for_the_disk(_box):
    for service in SERVICES:
        alone, _ = measured(service, 1)
        work = alone // 8
        computed, _ = measured(service, 0, 1, work)
        both, _ = measured(service, 1, 1, work)
        check(computed > alone // 2, f"{computed} us of computing beside {alone} us of paging")
        check(both <= 1.2 * max(alone, computed),
              f"{service} us: {alone} us and {computed} us alone, {both} us together")


@test
def diskstats_tell_what_the_disk_did(_box):
    for service, pagers in ((0, 1), (200, 1), (200, 5), (2000, 2)):
        time, figures = measured(service, pagers)
        reads, merged, sectors, reading = figures[:4]
        equal((merged, sectors), (0, 8 * reads), "merged reads and sectors")
        writes, merged, sectors, writing = figures[4:8]
        equal((merged, sectors), (0, 8 * writes), "merged writes and sectors")
        flying, doing, weighted = figures[8:11]
        equal((flying, figures[11:]), (0, [0] * 6), "in flight, discards, flushes")
        check(reads > 300 * pagers and writes > 300 * pagers, f"{reads} and {writes}")
        served = (reads + writes) * service // 1000
        check(abs(doing - served) <= 2, f"{doing} ms of I/O, {served} of service")
        check(doing <= time // 1000 + 1, f"{doing} ms of I/O in {time} us")
        check(abs(weighted - reading - writing) <= 3, f"{weighted} ms weighted: {figures}")
        check((pagers - 0.5) * doing < weighted + 2 and weighted <= pagers * doing + 2,
              f"{pagers} at a time, and {figures}")
