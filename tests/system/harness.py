"""What the system tests share: running the launcher, comparing, and the table of tests.

A test is a function with @test, named for what must hold. It gets a Box: a temporary folder and
the launcher. It fails by raising Failed (check, equal) or anything else.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LAUNCHER = os.path.join(ROOT, "tools", "clockhand")
GUEST_ROOT = os.path.join(ROOT, "build", "user", "root")
FAKE_QEMU = os.path.join(ROOT, "tests", "system", "fake_qemu.py")
HALTING_QEMU = os.path.join(ROOT, "tests", "system", "halting_qemu.py")
# Seconds until a test gives up on what it waits for. No test is slower by it, only a broken one:
# so it is far above what a host with twenty other programs needs.
PATIENCE = 1800

TESTS = []


class Failed(Exception):
    """What did not hold."""


class Skipped(Exception):
    """Why it cannot be tried here."""


def test(function):
    TESTS.append(function)
    return function


def check(truth, message):
    if not truth:
        raise Failed(message)


def equal(actual, expected, what):
    check(actual == expected, f"{what}: {shorten(actual)}, not {shorten(expected)}")


def shorten(value):
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:200]}...{text[-180:]}"


class Result:
    """One call of the launcher: status, out and err (bytes), report (dict or None)."""

    def __init__(self, status, out, err, report):
        self.status, self.out, self.err, self.report = status, out, err, report

    def __getitem__(self, key):
        return self.report[key]

    def faults(self):
        return self["minor_faults"] + self["major_faults"]

    def error_text(self):
        return self.err.decode("utf-8", "replace")

    def expect(self, status=0):
        """Ended with @status, and nothing leaked."""
        check(self.status == status,
              f"status {self.status}, not {status}:\n{self.error_text()[-1500:]}")
        for key in ("frames_leaked", "slots_leaked", "objects_leaked"):
            equal(self[key], 0, key)
        return self


class Box:
    """A test's folder, and the launcher run from it."""

    def __init__(self, path):
        self.path = path
        self.count = 0

    def file(self, name, data=None):
        path = os.path.join(self.path, name)
        if data is not None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(data)
        return path

    def launch(self, *words, stdin=subprocess.DEVNULL, text=None, env=None, patience=PATIENCE):
        """The launcher with these words; @text is fed to it. Temporary files go to our folder."""
        environment = {**os.environ, "TMPDIR": self.path, **(env or {})}
        feed = {"input": text} if text is not None else {"stdin": stdin}
        done = subprocess.run([sys.executable, LAUNCHER, *words], capture_output=True,
                              env=environment, timeout=patience, check=False, **feed)
        return Result(done.returncode, done.stdout, done.stderr, None)

    def run(self, *words, verb="run", options=(), env=None, ram=None, frames=None, swap=None,
            policy=None):
        """`clockhand run` (or @verb) with a report. @words: PROGRAM ARGS."""
        self.count += 1
        path = self.file(f"report-{self.count}.json")
        options = ["--timeout", str(PATIENCE), *options]
        for name, value in (("--ram", ram), ("--frames", frames), ("--swap", swap),
                            ("--policy", policy)):
            if value is not None:
                options += [name, str(value)]
        result = self.launch(verb, "--report", path, *options, "--", *words, env=env)
        if os.path.exists(path):
            with open(path, encoding="ascii") as report:
                result.report = json.load(report)
        return result

    def fake(self, acting, *words, **more):
        """The launcher on the stand-in for QEMU."""
        return self.run(*words, env={"CLOCKHAND_QEMU": FAKE_QEMU, "FAKE_QEMU": acting}, **more)

    def compile(self, source, *assembly):
        """A program from tests/system/programs, as anybody would compile it for Linux."""
        name = os.path.splitext(source)[0]
        folder = os.path.join(ROOT, "tests", "system", "programs")
        objects = []
        for part in ("start.asm", *assembly):
            objects.append(self.file(part + ".o"))
            subprocess.run(["nasm", "-f", "elf32", os.path.join(folder, part), "-o", objects[-1]],
                           check=True)
        program = self.file(name)
        subprocess.run(["gcc", "-m32", "-march=i686", "-static", "-nostdlib", "-O1", "-g",
                        "-no-pie", "-fno-stack-protector", "-o", program, *objects,
                        os.path.join(folder, source)], check=True)
        return program

    def left_behind(self):
        """Temporary folders of the launcher that are still there."""
        return fnmatch.filter(os.listdir(self.path), "clockhand-*")


def on_linux(program, *arguments):
    """(status as a shell says it, output) of the same program on this host's kernel."""
    path = program if os.path.exists(program) else GUEST_ROOT + program
    try:
        done = subprocess.run([path, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              cwd="/", env={"PATH": "/bin", "HOME": "/", "TERM": "dumb"},
                              timeout=PATIENCE, check=False)
    except OSError as error:
        raise Skipped(f"this host does not run 32-bit programs: {error.strerror}") from error
    status = done.returncode
    return (128 - status if status < 0 else status), done.stdout


def same_as_linux(box, *words, **settings):
    """Run on both kernels; status and standard output must be the same. Returns our Result."""
    status, out = on_linux(*words)
    result = box.run(*words, **settings).expect(status)
    equal(result.out, out, f"output of {words[0]} (ours, Linux)")
    return result


def run_one(function):
    """(verdict, seconds, message) of one test; verdict is "ok", "not ok" or "skip"."""
    started = time.monotonic()
    folder = tempfile.mkdtemp(prefix="clockhand-test-")
    verdict, message = "ok", ""
    try:
        function(Box(folder))
        check(not fnmatch.filter(os.listdir(folder), "clockhand-*"), "temporary files stayed")
    except Skipped as reason:
        verdict, message = "skip", str(reason)
    except Failed as reason:
        verdict, message = "not ok", str(reason)
    except subprocess.TimeoutExpired as reason:
        verdict, message = "not ok", f"no end after {reason.timeout:g} seconds"
    except Exception as error:  # a broken test is a failed test
        verdict, message = "not ok", f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return verdict, time.monotonic() - started, message


def wait_for(truth, what):
    """Until truth() holds."""
    deadline = time.monotonic() + PATIENCE
    while not truth():
        check(time.monotonic() < deadline, f"not within {PATIENCE} seconds: {what}")
        time.sleep(0.02)


def find(pattern, text):
    found = re.search(pattern, text)
    check(found, f"'{pattern}' not found in {shorten(text)}")
    return found
