#!/usr/bin/env python3
"""Whole boots, driven from the host: run.py [-j JOBS] [PATTERN...]

One line a test, two at a time; the last line counts. Status 0 only if none failed.
"""

import argparse
import concurrent.futures
import fnmatch
import importlib
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.pycache_prefix = os.path.join(HERE, "..", "..", "build", "pycache")

import harness  # noqa: E402


def load():
    for name in sorted(os.listdir(HERE)):
        if name.startswith("test_") and name.endswith(".py"):
            importlib.import_module(name[:-3])


def wanted(patterns):
    return [function for function in harness.TESTS
            if not patterns or any(fnmatch.fnmatchcase(function.__name__, pattern)
                                   for pattern in patterns)]


def show(function, verdict, seconds, message):
    name = function.__name__
    if verdict == "skip":
        print(f"ok {name} # SKIP {message}", flush=True)
        return
    print(f"{verdict} {name} ({seconds:.1f} s)", flush=True)
    for line in message.split("\n") if message else ():
        print(f"#   {line}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("-l", "--list", action="store_true")
    parser.add_argument("pattern", nargs="*")
    options = parser.parse_args()
    load()
    tests = wanted(options.pattern)
    if options.list:
        for function in tests:
            print(f"{function.__name__}: {(function.__doc__ or '').strip()}")
        return 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(harness.run_one, function): function for function in tests}
        for done in concurrent.futures.as_completed(running):
            verdict, seconds, message = done.result()
            failed += verdict == "not ok"
            show(running[done], verdict, seconds, message)
    print(f"system: {len(tests) - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
