"""Curves into a picture: by gnuplot, else by matplotlib."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
from typing import Mapping, Sequence

from .errors import LauncherError

TERMINALS = {".png": "pngcairo size 1000,700", ".svg": "svg size 1000,700 background 'white'"}


def check(path: str) -> None:
    """Before any work is done: will there be a picture?"""
    if os.path.splitext(path)[1] not in TERMINALS:
        raise LauncherError(f"--plot {path}: a picture's name ends in .png or .svg")
    if not shutil.which("gnuplot") and not importlib.util.find_spec("matplotlib"):
        raise LauncherError("--plot needs gnuplot or matplotlib, and neither is there; "
                            "as in: apt-get install gnuplot-nox")


def curves(path: str, frames: Sequence[int], faults: Mapping[str, Sequence[float]], title: str,
           labels: tuple[str, str] = ("frames", "faults")) -> None:
    """Faults over frames, or what @labels says; @faults: {name: one number for each of @frames}."""
    if shutil.which("gnuplot"):
        by_gnuplot(path, TERMINALS[os.path.splitext(path)[1]], frames, faults, title, labels)
    else:
        by_matplotlib(path, frames, faults, title, labels)


def by_gnuplot(path: str, terminal: str, frames: Sequence[int],
               faults: Mapping[str, Sequence[float]], title: str, labels: tuple[str, str]) -> None:
    data = "".join(f"{n} {' '.join(str(faults[policy][i]) for policy in faults)}\n"
                   for i, n in enumerate(frames))
    lines = ", ".join(f"$faults using 1:{column} with linespoints title {quoted(policy)}"
                      for column, policy in enumerate(faults, 2))
    script = (f"set terminal {terminal}\nset output {quoted(path)}\nset title {quoted(title)}\n"
              f"set xlabel {quoted(labels[0])}\nset ylabel {quoted(labels[1])}\nset yrange [0:]\n"
              "set key outside noenhanced\nset grid\n"
              f"$faults << END\n{data}END\nplot {lines}\n")
    done = subprocess.run(["gnuplot"], input=script, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0 or not os.path.exists(path):
        raise LauncherError(f"gnuplot could not draw {path}:\n{done.stdout}")


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def by_matplotlib(path: str, frames: Sequence[int], faults: Mapping[str, Sequence[float]],
                  title: str, labels: tuple[str, str]) -> None:
    matplotlib = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(10, 7))
    for policy, values in faults.items():
        axes.plot(frames, values, marker=".", label=policy)
    axes.set(title=title, xlabel=labels[0], ylabel=labels[1], ylim=(0, None))
    axes.grid(True)
    axes.legend()
    try:
        figure.savefig(path)
    except OSError as error:
        raise LauncherError(f"--plot {path}: {error.strerror}") from error
