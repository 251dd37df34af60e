"""`demo-thrash`: throughput and useful share against the number of processes, with load control
and without.

Each point is a boot of its own under --icount, with the same machine, the same program and a disk
that takes its time; only the number of processes and the word load_control differ. So the figures
are the same in every run. docs/thrashing.md says how to read them.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
from typing import Any, Dict, Tuple

from . import machine, plot
from .errors import LauncherError

CONTROLS = ("off", "on")
NAMES = {"off": "without load control", "on": "with load control"}
JOBS = 2
# (load control, number of processes) -> report.
Reports = Dict[Tuple[str, int], Dict[str, Any]]


def demo(options: argparse.Namespace) -> int:
    pictures = {}
    if options.plot:
        stem, kind = os.path.splitext(options.plot)
        pictures = {"throughput": f"{stem}-throughput{kind}", "useful": f"{stem}-useful{kind}"}
        for path in pictures.values():
            plot.check(path)
    with machine.Workspace() as space:
        reports = measure(options, space)
    check(reports)
    print_table(options, reports)
    draw(options, reports, pictures)
    return 0


def measure(options: argparse.Namespace, space: machine.Workspace) -> Reports:
    """{(control, number): report}"""
    points = [(control, number) for number in options.processes for control in CONTROLS]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        running = {point: pool.submit(run_one, options, space, *point) for point in points}
        return {point: done.result() for point, done in running.items()}


def run_one(options: argparse.Namespace, space: machine.Workspace, control: str,
            number: int) -> dict[str, Any]:
    path = space.file(f"report-{control}-{number}.json")
    words = ["run", "-q", "--icount", "--ram", "16M", "--swap", "16M",
             "--frames", str(options.frames), "--report", path,
             "--timeout", str(options.timeout),
             "--append", f"load_control={control} quantum={options.quantum} "
             f"disk_delay={options.disk_delay}", "--",
             "thrash", "--processes", str(number), "--pages", str(options.pages),
             "--visits", str(options.visits), "--work", str(options.work)]
    done = subprocess.run([sys.executable, os.path.realpath(sys.argv[0]), *words], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise LauncherError(f"{number} processes, load control {control}: status "
                            f"{done.returncode}\n{done.stdout}{done.stderr}")
    with open(path, encoding="ascii") as file:
        return {**json.load(file), "output": done.stdout}


def check(reports: Reports) -> None:
    """What the processes computed does not depend on how they were scheduled."""
    for (control, number), report in reports.items():
        if report["output"] != reports["off", number]["output"]:
            raise LauncherError(f"{number} processes computed something else with load control "
                                f"{control}: {report['output']}")


def throughput(options: argparse.Namespace, number: int, report: dict[str, Any]) -> float:
    """Visits in a million instructions."""
    return number * options.visits * 1e6 / report["instructions"]


def print_table(options: argparse.Namespace, reports: Reports) -> None:
    print(f"{options.pages} pages and {options.visits} visits each, {options.frames} frames, "
          f"{options.disk_delay} us a page of the disk")
    print(f"{'':>9}  {'instructions/1000':>25}  {'useful %':>13}  {'major faults':>17}  "
          f"{'sooner':>7}")
    print(f"{'processes':>9}  {'off':>12} {'on':>12}  {'off':>6} {'on':>6}  {'off':>8} {'on':>8}")
    for number in options.processes:
        off, on = (reports[control, number] for control in CONTROLS)
        print(f"{number:>9}  {off['instructions'] // 1000:>12,} {on['instructions'] // 1000:>12,}"
              f"  {100 * off['useful_share']:>6.1f} {100 * on['useful_share']:>6.1f}"
              f"  {off['major_faults']:>8,} {on['major_faults']:>8,}"
              f"  {off['instructions'] / on['instructions']:>6.2f}x")


def draw(options: argparse.Namespace, reports: Reports, pictures: dict[str, str]) -> None:
    if not pictures:
        return
    setting = (f"{options.pages} pages each, {options.frames} frames, "
               f"{options.disk_delay / 1000:g} ms a page")
    curves = {
        "throughput": ("visits in a million instructions",
                       lambda number, report: throughput(options, number, report)),
        "useful": ("user instructions of all, percent",
                   lambda number, report: 100 * report["useful_share"]),
    }
    for name, (label, value) in curves.items():
        lines = {NAMES[control]: [round(value(number, reports[control, number]), 4)
                                  for number in options.processes] for control in CONTROLS}
        plot.curves(pictures[name], options.processes, lines, f"Thrashing: {setting}",
                    ("processes", label))
        print(f"drawn: {pictures[name]}")
