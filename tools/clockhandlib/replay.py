"""`clockhand replay`: every policy over one reference string, judged against the optimum."""

from __future__ import annotations

import argparse
import os
import subprocess
from typing import Callable, Dict, Tuple

from . import paths, patterns, plot, reference
from .errors import LauncherError

# Names as OSTEP's paging-policy.py has them, in any case.
ALIASES = {"rand": "random", "lru": "lru-exact", "second_chance": "second-chance"}
JUDGE = "opt"
FEW = 16
SOME_FRAMES = (4, 8, 16, 32, 64)
MAX_FRAMES = 65535
# (policy, frames) -> (faults, writes).
Results = Dict[Tuple[str, int], Tuple[int, int]]


def replay(options: argparse.Namespace) -> int:
    if options.plot:
        plot.check(options.plot)
    string = the_string(options)
    if options.compute:
        return show_steps(options, string)
    policies = the_policies(options.policy)
    frames = the_frames(options, string)
    results = run_engine(string, frames, policies)
    print_table(string, frames, policies, results)
    if options.plot:
        plot.curves(options.plot, frames, {
            policy: [results[policy, n][0] for n in frames] for policy in policies},
            f"{len(string)} references to {len(string.names)} pages")
    return 0


def the_string(options: argparse.Namespace) -> reference.ReferenceString:
    sources = [options.file, options.addressfile, options.addresses]
    if sum(source is not None for source in sources) > 1:
        raise LauncherError("one of FILE, -f and -a: there can be only one string")
    if options.addresses not in (None, "-1"):
        return reference.from_list(options.addresses)
    path = options.file or options.addressfile
    if path:
        return reference.read(path, options.managed)
    if options.addresses is None and options.numaddrs is None and options.pattern is None:
        raise LauncherError("which string? as in: replay FILE, or: replay -a 1,2,3,4,1,2")
    return patterns.make(options.pattern or "uniform", options.numaddrs or 10, options.maxpage,
                         options.seed)


def known_policies() -> list[str]:
    return subprocess.run([engine(), "--policies"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.split()


def the_policies(asked: list[str]) -> list[str]:
    """[] stands for all. The judge is always among them, and first."""
    known = known_policies()
    chosen = []
    for word in ",".join(asked).split(",") if asked else known:
        lower = word.lower()
        name = ALIASES.get(lower, lower) if word != lower or lower not in known else word
        if name not in known:
            raise LauncherError(f"no policy is called '{word}'; there are {', '.join(known)}")
        if name not in chosen:
            chosen.append(name)
    return [JUDGE] + [name for name in chosen if name != JUDGE]


def the_frames(options: argparse.Namespace, string: reference.ReferenceString) -> list[int]:
    if options.frames:
        return options.frames
    if options.cachesize is not None:
        return [options.cachesize]
    pages = len(string.names)
    if pages <= FEW:
        return list(range(1, pages + 1))
    return [n for n in SOME_FRAMES if n < pages] or [pages]


def parse_frames(text: str) -> list[int]:
    """`3`, `3,4`, `4..64`, and lists of these; sorted."""
    frames = set()
    for part in text.split(","):
        low, dots, high = part.partition("..")
        high = high if dots else low
        if not (low.isdigit() and high.isdigit() and 0 < int(low) <= int(high) <= MAX_FRAMES):
            raise ValueError(f"'{text}': numbers of frames look like 4..64 or 3,4")
        frames.update(range(int(low), int(high) + 1))
    return sorted(frames)


def engine() -> str:
    """The kernel's policies as a program of this machine; make knows whether it is up to date."""
    path = os.path.join(paths.BUILD, "replay")
    if "CLOCKHAND_BUILD" in os.environ:
        if not os.path.exists(path):
            raise LauncherError(f"{path} is missing: run `make build/replay` first")
        return path
    done = subprocess.run(["make", "--no-print-directory", "-s", "-C", paths.ROOT, "build/replay"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode != 0:
        raise LauncherError(f"build/replay cannot be built:\n{done.stdout}")
    return path


def call_engine(words: list[str], string: reference.ReferenceString) -> list[str]:
    done = subprocess.run([engine()] + words, input=string.words.tobytes(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise LauncherError(done.stderr.decode(errors="replace").strip() or
                            f"the replay ended with status {done.returncode}")
    return done.stdout.decode().splitlines()


def run_engine(string: reference.ReferenceString, frames: list[int],
               policies: list[str]) -> Results:
    """{(policy, frames): (faults, writes)}"""
    results = {}
    for line in call_engine([",".join(map(str, frames))] + policies, string):
        policy, count, faults, writes = line.split()
        results[policy, int(count)] = (int(faults), int(writes))
    return results


def print_table(string: reference.ReferenceString, frames: list[int], policies: list[str],
                results: Results) -> None:
    print(f"{len(string)} references to {len(string.names)} pages")
    print_rows("faults", frames, policies, lambda p, n: results[p, n][0])
    others = [policy for policy in policies if policy != JUDGE]
    if others:
        print_rows("percent more faults than opt", frames, others, lambda p, n:
                   f"{100 * (results[p, n][0] / results[JUDGE, n][0] - 1):.1f}")
    if any(writes for _, writes in results.values()):
        print_rows("modified pages evicted", frames, policies, lambda p, n: results[p, n][1])


def print_rows(title: str, frames: list[int], policies: list[str],
               cell: Callable[[str, int], object]) -> None:
    cells = [["frames"] + policies] + [[n] + [cell(p, n) for p in policies] for n in frames]
    widths = [max(len(str(row[i])) for row in cells) for i in range(len(cells[0]))]
    print(f"\n{title}")
    for row in cells:
        print("  ".join(str(value).rjust(width) for value, width in zip(row, widths)))


def show_steps(options: argparse.Namespace, string: reference.ReferenceString) -> int:
    """-c: what each access does, under one policy in one number of frames."""
    policies = the_policies(options.policy or ["fifo"])
    policy = policies[-1]
    frames = options.frames or [options.cachesize or 3]
    if len(policies) > 2 or len(frames) != 1:
        raise LauncherError("-c shows one policy with one number of frames")
    lines = call_engine(["--steps", str(frames[0]), policy], string)
    hits = misses = 0
    for line in lines[:-1]:
        page, what, victim = line.split()
        hits, misses = hits + (what == "hit"), misses + (what == "miss")
        replaced = victim if victim == "-" else string.names[int(victim)]
        if not options.notrace:
            print(f"Access: {string.names[int(page)]}  {what.upper():4}  Replaced:{replaced} "
                  f"[Hits:{hits} Misses:{misses}]")
    print(f"FINALSTATS {policy} frames {frames[0]}  hits {hits}  misses {misses}  "
          f"hitrate {100 * hits / len(string):.2f}")
    return 0
