"""Debian's own free, ps, top, pmap, vmstat, slabtop, uptime (procps and busybox, i386, unmodified):
they run without complaint and print the kernel's figures. Fetched by apt; else skipped."""

import glob
import os
import re
import shutil
import subprocess
import threading

from harness import ROOT, Skipped, check, equal, find, test
from test_monitor import near, rows, values

DEBIAN = os.path.join(ROOT, "build", "debian")
PACKAGES = ("busybox-static procps libproc2-0 libc6 libtinfo6 libncursesw6 ncurses-base libsystemd0"
            " libcap2 libgcrypt20 libgpg-error0 liblz4-1 libzstd1 liblzma5 libgcc-s1").split()
PROGRAMS = ("bin/busybox", "bin/ps", *(f"usr/bin/{name}" for name in (
    "free", "top", "pmap", "vmstat", "slabtop", "uptime", "pgrep", "pwdx", "w")))
LIBRARIES = ("libproc2", "libc", "libtinfo", "libncursesw", "libsystemd", "libcap", "libgcrypt",
             "libgpg-error", "liblz4", "libzstd", "liblzma", "libgcc_s", "libm")
MARK = "@@@"
FETCHING = threading.Lock()


def fetch(box):
    """A folder with the programs and what they need."""
    with FETCHING:
        fetched = subprocess.run([os.path.join(ROOT, "tests", "debian", "fetch.sh"), *PACKAGES],
                                 capture_output=True, check=False)
    root = os.path.join(DEBIAN, "root")
    missing = [name for name in PROGRAMS if not os.path.exists(os.path.join(root, name))]
    if fetched.returncode or missing:
        raise Skipped(f"apt does not give {' '.join(missing) or 'the packages'}")
    files = [*PROGRAMS, "lib/ld-linux.so.2", "lib/terminfo/d/dumb"]
    for name in LIBRARIES:
        files += [os.path.relpath(path, root)
                  for folder in ("lib/i386-linux-gnu", "usr/lib/i386-linux-gnu")
                  for path in glob.glob(os.path.join(root, folder, f"{name}.so*"))]
    for name in files:
        to = os.path.join(box.path, "root", name)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copy(os.path.join(root, name), to, follow_symlinks=True)
    box.file("root/etc/passwd", b"root:x:0:0:root:/:/bin/sh\n")
    box.file("root/etc/group", b"root:x:0:\n")
    return os.path.join(box.path, "root")


def run_tools(box, commands, **settings):
    """
    {command: output} of commands run by busybox's shell beside a process that sleeps; SLEEPER in a
    command is its number, which is 2. Every command must succeed and complain of nothing.
    """
    root = fetch(box)
    script = "/bin/busybox sleep 1000 &\n" + "".join(
        f"echo '{MARK} {command}'\n{command}\necho \"{MARK} status $?\"\n"
        for command in commands) + "kill $!\n"
    box.file("root/check", script.replace("SLEEPER", "2").encode())
    result = box.run("/bin/busybox", "sh", "/check", options=["-q", "--icount", "--root", root],
                     **settings)
    equal(result.status, 0, f"status of the script\n{result.error_text()[-1500:]}")
    equal(result.error_text(), "", "complaints")
    asked = {command.replace("SLEEPER", "2"): command for command in commands}
    outputs = {asked[name]: (output, status)
               for name, output, status in re.findall(
                   rf"^{MARK} (.*)\n((?:.*\n)*?){MARK} status (\d+)\n", result.out.decode(), re.M)}
    equal(sorted(outputs), sorted(commands), "commands that ended")
    for name, (output, status) in outputs.items():
        equal(status, "0", f"status of {name}: {output[-300:]}")
    return {name: output for name, (output, _) in outputs.items()}


CAT = "/bin/busybox cat "


@test
def procps_free_and_uptime_tell_meminfo(box):
    out = run_tools(box, ["/usr/bin/free", "/bin/busybox free", "/usr/bin/free -b",
                          "/usr/bin/uptime", "/bin/busybox uptime", "/usr/bin/w",
                          CAT + "/proc/meminfo"])
    memory = values(out[CAT + "/proc/meminfo"])
    for command, unit in (("/usr/bin/free", 1), ("/bin/busybox free", 1),
                          ("/usr/bin/free -b", 1024)):
        mem, swap = ([int(n) for n in row[1:]] for row in rows(out[command])[1:3])
        equal((mem[0], swap[0]), (memory["MemTotal"] * unit, memory["SwapTotal"] * unit),
              f"totals of {command}")
        near(mem[2], memory["MemFree"] * unit, 2000 * unit, f"{command}: free")
        near(mem[4], memory["Cached"] * unit, 2000 * unit, f"{command}: cache")
        near(mem[5], memory["MemAvailable"] * unit, 2000 * unit, f"{command}: available")
        equal(swap[1] + swap[2], swap[0], f"{command}: swap used + free")
    for command in ("/usr/bin/uptime", "/bin/busybox uptime"):
        find(r"^ \d\d:\d\d:\d\d up .*load average:( \d+\.\d\d,?){3}\n$", out[command])


@test
def procps_ps_and_pmap_tell_the_process(box):
    facts = [CAT + f"/proc/SLEEPER/{name}" for name in ("statm", "stat", "smaps", "maps")]
    listing = "/bin/ps -o pid,ppid,stat,nlwp,min_flt,maj_flt,vsz,rss,comm -p SLEEPER"
    out = run_tools(box, ["/bin/ps aux", listing, "/bin/busybox ps", "/usr/bin/pmap -x SLEEPER",
                          "/usr/bin/pmap SLEEPER", "/usr/bin/pmap -X SLEEPER",
                          "/usr/bin/pgrep -x busybox", "/usr/bin/pwdx SLEEPER", *facts])
    size, resident = (int(n) * 4 for n in out[facts[0]].split()[:2])
    stat = out[facts[1]].rpartition(")")[2].split()
    smaps = out[facts[2]]
    sums = {name: sum(int(n) for n in re.findall(rf"^{name}: +(\d+)", smaps, re.M))
            for name in ("Size", "Rss", "Pss", "Shared_Dirty", "Private_Dirty")}
    equal((sums["Size"], sums["Rss"]), (size, resident), "smaps and statm")
    ours = {row[1]: row for row in rows(out["/bin/ps aux"])[1:]}
    equal(ours["2"][4:6], [str(size), str(resident)], "ps aux: VSZ, RSS")
    equal(ours["2"][10:], ["/bin/busybox", "sleep", "1000"], "ps aux: COMMAND")
    equal(len(ours), 3, "ps aux: processes (the shell, the sleeper, ps)")
    row = rows(out[listing])[1]
    equal(row, ["2", "1", stat[0], "1", stat[7], stat[9], str(size), str(resident), "busybox"],
          "ps -o")
    find(r"\n +2 root +.*sleep 1000\n", out["/bin/busybox ps"])
    total = rows(out["/usr/bin/pmap -x SLEEPER"])[-1]
    dirty = sums["Shared_Dirty"] + sums["Private_Dirty"]
    equal(total, ["total", "kB", str(size), str(resident), str(dirty)], "pmap -x: total")
    equal(rows(out["/usr/bin/pmap SLEEPER"])[-1], ["total", f"{size}K"], "pmap: total")
    areas = len(out[facts[3]].splitlines())
    equal(len(rows(out["/usr/bin/pmap SLEEPER"])) - 2, areas, "pmap: areas")
    totals = rows(out["/usr/bin/pmap -X SLEEPER"])[-1]
    equal(totals[:2], [str(size), str(resident)], "pmap -X: size, rss")
    check(0 < sums["Pss"] <= resident, "pss: shared with the others, so less")
    equal(out["/usr/bin/pgrep -x busybox"].split(), ["1", "2"], "pgrep")
    equal(out["/usr/bin/pwdx SLEEPER"], "2: /\n", "pwdx")


@test
def procps_top_tells_the_same(box):
    facts = [CAT + "/proc/SLEEPER/statm", CAT + "/proc/meminfo"]
    out = run_tools(box, ["/usr/bin/top -b -n1", "/usr/bin/top -b -n2 -d 0.2",
                          "/bin/busybox top -b -n1", *facts])
    size, resident, shared = (int(n) * 4 for n in out[facts[0]].split()[:3])
    memory = values(out[facts[1]])
    for command in ("/usr/bin/top -b -n1", "/usr/bin/top -b -n2 -d 0.2"):
        text = out[command]
        equal(find(r"MiB Mem : +([\d.]+) total", text).group(1), f"{memory['MemTotal'] / 1024:.1f}",
              f"{command}: memory")
        equal(find(r"MiB Swap: +([\d.]+) total", text).group(1),
              f"{memory['SwapTotal'] / 1024:.1f}", f"{command}: swap")
        equal(find(r"Tasks: +(\d+) total, +1 running", text).group(1), "3", f"{command}: tasks")
        row = find(r"\n +2 root .*", text).group(0).split()
        equal(row[4:8], [str(size), str(resident), str(shared), "S"], f"{command}: the sleeper")
    find(rf"\n +2 +1 root +S +{size} ", out["/bin/busybox top -b -n1"])


@test
def procps_vmstat_and_slabtop_tell_the_counters(box):
    before, after = CAT + "/proc/vmstat", CAT + " /proc/vmstat"
    slabs = CAT + "/proc/slabinfo"
    out = run_tools(box, ["/bin/pagesort --count 500000", before, "/usr/bin/vmstat -s",
                          "/usr/bin/vmstat", "/usr/bin/vmstat -d", "/usr/bin/vmstat -D",
                          "/usr/bin/vmstat 1 2", "/usr/bin/vmstat -a", "/usr/bin/vmstat -m",
                          "/usr/bin/slabtop -o", slabs, after, CAT + "/proc/meminfo",
                          CAT + "/proc/diskstats"], ram="24M", frames=300, swap="8M")
    low, high = values(out[before]), values(out[after])
    facts = {name: int(number) for number, name in re.findall(
        r"^ +(\d+) (?:K )?(.*)\n", out["/usr/bin/vmstat -s"], re.M)}
    for name, counter in (("pages swapped in", "pswpin"), ("pages swapped out", "pswpout"),
                          ("paged in", "pgpgin"), ("paged out", "pgpgout")):
        check(low[counter] <= facts[name] <= high[counter],
              f"{name}: {facts[name]}, not in {low[counter]} .. {high[counter]}")
    check(low["pswpout"] > 100, "the sort went to swap")
    memory = values(out[CAT + "/proc/meminfo"])
    equal((facts["total memory"], facts["total swap"]), (memory["MemTotal"], memory["SwapTotal"]),
          "totals")
    near(facts["free memory"], memory["MemFree"], 2000, "free memory")
    check(facts["forks"] >= 5 and facts["CPU context switches"] > 0, "forks and switches")
    for command in ("/usr/bin/vmstat", "/usr/bin/vmstat 1 2"):
        columns = dict(zip(rows(out[command])[1], rows(out[command])[2]))
        near(int(columns["free"]), memory["MemFree"], 2000, f"{command}: free")
        near(int(columns["swpd"]), memory["SwapTotal"] - memory["SwapFree"], 2000,
             f"{command}: swpd")
    disk = [int(n) for n in out[CAT + "/proc/diskstats"].split()[3:]]
    shown = [int(n) for n in rows(out["/usr/bin/vmstat -d"])[2][1:]]
    check(0 < shown[4] <= disk[4] and shown[6] == shown[4] * 8, "vmstat -d: writes, sectors")
    names = {row[0] for row in rows(out[slabs])[2:]}
    listed = {row[0] for row in rows(out["/usr/bin/vmstat -m"]) if row[0] != "Cache"}
    equal(listed, names, "vmstat -m: caches")
    top = {row[-1]: row for row in rows(out["/usr/bin/slabtop -o"])[7:]}
    equal(set(top), names, "slabtop: caches")
    info = {row[0]: row for row in rows(out[slabs])[2:]}
    for name in ("slab_cache", "process"):
        equal((top[name][0], top[name][5]), (info[name][2], info[name][4]),
              f"slabtop: objects and objects per slab of {name}")


@test
def proc_records_can_be_read_anywhere(box):
    """busybox's dd, in pieces of odd sizes: the same bytes as in one go; words only as a whole."""
    frames, flags = CAT + "/proc/frames", CAT + "/proc/kpageflags | /bin/busybox od -v -An -tx8"
    piece = "/bin/busybox dd if=/proc/frames bs=77 skip=2081 count=3 2>/dev/null; echo"
    words = "/bin/busybox dd if=/proc/kpageflags bs=8 skip=256 count=4 2>/dev/null"
    halves = "/bin/busybox dd if=/proc/kpageflags bs=4 count=1 2>/dev/null; test $? != 0"
    out = run_tools(box, [frames, flags, piece, f"{words} | /bin/busybox od -v -An -tx8", halves,
                          "/bin/busybox wc -c < /proc/frames", CAT + "/proc/zoneinfo"], ram="12M")
    nframes = int(find(r"spanned +(\d+)", out[CAT + "/proc/zoneinfo"]).group(1))
    equal(int(out["/bin/busybox wc -c < /proc/frames"]), (nframes + 1) * 160, "bytes of frames")
    equal(len(out[frames]), (nframes + 1) * 160, "bytes of frames in one go")
    start = 77 * 2081  # frames 1000 to 1002, in the kernel's image: they never change
    equal(out[piece], out[frames][start:start + 231] + "\n", "a piece of it")
    all_words = out[flags].split()
    equal(len(all_words), nframes, "words of kpageflags")
    equal(out[f"{words} | /bin/busybox od -v -An -tx8"].split(), all_words[256:260], "four words")
    equal(out[halves], "", "half a word")
