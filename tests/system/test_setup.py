"""tools/setup.sh on a machine that lacks something: a PATH without it, a stand-in for apt-get."""

import os
import subprocess

from harness import PATIENCE, ROOT, check, equal, find, test

SETUP = os.path.join(ROOT, "tools", "setup.sh")
MISSING = ("nasm", "xorriso")
APT = """#!/bin/sh
echo "$DEBIAN_FRONTEND $@" >> {log}
case "$*" in
*" install "*) ln -s /usr/bin/nasm /usr/bin/xorriso {bin} ;;
esac
"""


def machine_without(box, apt):
    """An environment in which MISSING are missing; apt-get installs them, if there is one."""
    folder = box.file("bin")
    os.mkdir(folder)
    for place in ("/usr/bin", "/usr/sbin"):
        for name in os.listdir(place):
            if name not in MISSING + ("apt-get", "sudo") and not os.path.exists(f"{folder}/{name}"):
                os.symlink(f"{place}/{name}", f"{folder}/{name}")
    tools = {"sudo": '#!/bin/sh\nexec "$@"\n'}
    if apt:
        tools["apt-get"] = APT.format(log=box.file("log"), bin=folder)
    for name, text in tools.items():
        os.chmod(box.file(f"bin/{name}", text.encode()), 0o755)
    return {**os.environ, "PATH": folder}


def setup(environment, target):
    return subprocess.run([SETUP, target], env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE, check=False)


@test
def setup_installs_what_is_missing(box):
    environment = machine_without(box, apt=True)
    done = setup(environment, "run")
    equal(done.returncode, 0, f"status\n{done.stderr}")
    find("missing for 'make run': nasm xorriso\n", done.stderr)
    with open(box.file("log"), encoding="ascii") as log:
        asked = log.read()
    find(r"noninteractive -y .* install .*nasm xorriso\n", asked)
    again = setup(environment, "run")
    equal((again.returncode, again.stdout, again.stderr), (0, "", ""), "the second time")


@test
def setup_stops_where_there_is_no_apt(box):
    done = setup(machine_without(box, apt=False), "build")
    equal(done.returncode, 1, "status")
    find("nasm xorriso", done.stderr)
    find("not Debian or Ubuntu", done.stderr)


@test
def setup_is_quick_and_silent_when_all_is_there(_box):
    """In seconds of a processor, which a busy host does not lengthen."""
    for target in ("build", "run", "debug"):
        done = setup(os.environ, target)
        equal((done.returncode, done.stdout, done.stderr), (0, "", ""), target)
        pid = os.spawnv(os.P_NOWAIT, SETUP, [SETUP, target])
        used = os.wait4(pid, 0)[2]
        check(used.ru_utime + used.ru_stime < 1, f"'{target}' took too long")
