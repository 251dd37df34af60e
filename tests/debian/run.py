#!/usr/bin/env python3
"""Debian's i386 programs, here and on this machine's Linux: the same bytes, the same status.

    tests/debian/run.py [--subset] [--each] [-v] [GROUP|GROUP/JOB...]

fetch.sh gets the programs. On Linux they run in a copy of the same tree (chroot in a name space of
its own), here through tools/clockhand run with that tree as its root. A group's jobs share one
boot, separated by marks in the output; with --each, and for the jobs in small memory, every job
has its own. Prints "ok NAME" or "not ok NAME" for each job. Status 77: there are no programs.
"""

import argparse
import os
import shutil
import subprocess
import sys

import jobs

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
DEBIAN = os.path.join(TOP, "build/debian")
ROOT, WORK, JAIL = (os.path.join(DEBIAN, name) for name in ("root", "work", "jail"))
LAUNCHER = os.path.join(TOP, "tools/clockhand")
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/", "TERM": "dumb"}
MARK = "@@@"
PATIENCE = 1800  # seconds for one call; a broken one only takes as long
NEEDED = ("busybox-static", "bash-static", "libc6")

# The jail: the tree with the few devices that programs expect. They are the jail's own where this
# user can make some: a job must not be able to harm the machine's, nor be harmed by them.
JAIL_SCRIPT = """
mount -t tmpfs tmpfs "$0/dev" || exit 125
for d in null:3 zero:5 urandom:9; do
    n=$0/dev/${d%:*}
    mknod -m 666 "$n" c 1 ${d#*:} 2>&1 || { : > "$n"; mount --bind "/dev/${d%:*}" "$n"; } ||
        exit 125
done >&2
mount -t proc proc "$0/proc" || mount --rbind /proc "$0/proc" || exit 125
exec chroot "$0" "$@"
"""


def make_words(n):
    """The same pseudo-random words on every machine."""
    seed, words = 12345, []
    endings = ("", "s", "ing", "ed", "er")
    for _ in range(n):
        word = ""
        for _ in range(2 + seed % 4):
            seed = (seed * 1103515245 + 12345) % 2**31
            word += "bcdfghklmnprst"[seed // 65536 % 14] + "aeiou"[seed // 1024 % 5]
        words.append(word + endings[seed // 4096 % 5])
    return words


def make_work():
    """The files that jobs read."""
    folder = os.path.join(WORK, "data")
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(folder)
    words = make_words(3000)
    numbers = [(i * 7919 + 13) % 100003 for i in range(1500)]
    poem = ("The hand goes round and finds the pages old,\n"
            "  and what was used of late it lets alone;\n"
            "what nobody has touched must leave the fold\n"
            "\tand wait on disk until its name is known.\n\n"
            "A fault is not an error but a call.\n")
    table = "".join(f"{w}:{n}:{'abcde'[n % 5]}\n" for w, n in zip(sorted(set(words[:60])), numbers))
    data = bytes((i * i // 7 + i * 31 + (i >> 5) * 17) & 255 for i in range(40000))
    files = {"words": "\n".join(words) + "\n", "sorted": "\n".join(sorted(words)) + "\n",
             "numbers": "".join(f"{n}\n" for n in numbers), "poem": poem, "table": table,
             "empty": "", "small.c": "int twice(int x) { return 2 * x; }\n"}
    for name, text in files.items():
        with open(os.path.join(folder, name), "w") as out:
            out.write(text)
    with open(os.path.join(folder, "random"), "wb") as out:
        out.write(data)
    os.symlink("poem", os.path.join(folder, "link"))


def make_jail():
    shutil.rmtree(JAIL, ignore_errors=True)
    shutil.copytree(ROOT, JAIL, symlinks=True)
    shutil.copytree(WORK, JAIL, symlinks=True, dirs_exist_ok=True)
    for folder in ("dev", "proc", "tmp", "etc"):
        os.makedirs(os.path.join(JAIL, folder), exist_ok=True)


def on_linux(argv, timeout=PATIENCE):
    tmp = os.path.join(JAIL, "tmp")
    shutil.rmtree(tmp, ignore_errors=True)
    os.makedirs(tmp)
    user = [] if os.getuid() == 0 else ["-r"]
    command = ["unshare", *user, "-m", "-p", "-f", "sh", "-c", JAIL_SCRIPT, JAIL, "/bin/busybox",
               "env", "-i", *(f"{k}={v}" for k, v in ENVIRONMENT.items()), *argv]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=timeout, check=False)
    return done.stdout, done.returncode


def on_clockhand(argv, options=(), timeout=PATIENCE):
    log = os.path.join(DEBIAN, "clockhand.log")
    command = [LAUNCHER, "run", "-q", "--log", log, "--root", ROOT, "--root", WORK,
               "--timeout", str(timeout), *options, "--", *argv]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.stdout, done.returncode


def quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"


def script_of(shell, lines):
    """One line that runs every job in a shell of its own and marks where each begins and ends."""
    parts = []
    for name, line in lines.items():
        run = " ".join(quoted(word) for word in (*shell, line))
        parts.append(f"echo '{MARK} {name}'; {run} 2>/dev/null </dev/null;"
                     f" echo \"{MARK} $?\"")
    return "\n".join(parts)


def cut(output):
    """{job: (its output, its status)} of a script_of's output."""
    results, name, kept = {}, None, []
    for line in output.split(b"\n"):
        at = line.find(MARK.encode() + b" ")
        if at < 0:
            kept.append(line)
            continue
        word = line[at + len(MARK) + 1:].decode(errors="replace")
        if name is None:
            name, kept = word, []
        else:
            results[name] = (b"\n".join([*kept, line[:at]]), word)
            name = None
    return results


class Comparison:
    def __init__(self, verbose):
        self.verbose, self.equal, self.different = verbose, 0, 0

    def report(self, name, linux, here):
        if linux == here:
            print(f"ok {name}", flush=True)
            self.equal += 1
            return
        self.different += 1
        print(f"not ok {name}", flush=True)
        if self.verbose:
            print(f"#   linux {linux}\n#   here  {here}"[:1500])

    def group(self, group, shell, lines, each):
        if each:
            for name, line in lines.items():
                argv = (*shell, line)
                self.report(f"{group}/{name}", on_linux(argv), on_clockhand(argv))
            return
        argv = (*jobs.SHELL, script_of(shell, lines))
        linux, here = cut(on_linux(argv)[0]), cut(on_clockhand(argv)[0])
        for name in lines:
            self.report(f"{group}/{name}", linux.get(name, "nothing"), here.get(name, None))

    def small(self, name, ram, frames, swap, argv):
        options = ("--ram", ram, "--frames", str(frames), "--swap", swap)
        self.report(f"small/{name}", on_linux(argv), on_clockhand(argv, options))


def chosen(words, subset):
    """(groups with their jobs, jobs in small memory) to run."""
    groups, small = {}, []
    for group, (shell, lines) in jobs.GROUPS.items():
        wanted = {name: line for name, line in lines.items()
                  if not words or group in words or f"{group}/{name}" in words}
        if wanted and not (subset and group not in jobs.SUBSET):
            groups[group] = (shell, wanted)
    for job in jobs.SMALL:
        if words and "small" not in words and f"small/{job[0]}" not in words:
            continue
        if not subset or job[0] in jobs.SUBSET_SMALL:
            small.append(job)
    return groups, small


def fetch():
    """Get the programs; ends the run with status 77 where that cannot be."""
    done = subprocess.run([os.path.join(HERE, "fetch.sh")], stdout=sys.stderr, check=False)
    missing = [p for p in NEEDED if not os.path.exists(os.path.join(DEBIAN, "packages", p))]
    if done.returncode or missing:
        print(f"# SKIP debian: no {' '.join(missing)}: apt is not there or reaches no archive")
        sys.exit(77)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--subset", action="store_true")
    parser.add_argument("--each", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    fetch()
    make_work()
    make_jail()
    if on_linux(("/bin/busybox", "true"))[1] != 0:
        print("# SKIP debian: this user may not make name spaces, or runs no 32-bit programs")
        sys.exit(77)
    comparison = Comparison(options.verbose)
    groups, small = chosen(options.names, options.subset)
    for group, (shell, lines) in groups.items():
        comparison.group(group, shell, lines, options.each)
    for job in small:
        comparison.small(*job)
    print(f"# debian: {comparison.equal} equal, {comparison.different} different")
    sys.exit(comparison.different != 0)


if __name__ == "__main__":
    main()
