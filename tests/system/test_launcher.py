"""The launcher's contract, on a stand-in for QEMU: statuses, channels, reports, files, signals."""

import json
import os
import signal
import stat
import subprocess
import sys

from harness import FAKE_QEMU, LAUNCHER, PATIENCE, ROOT, check, equal, find, test, wait_for

sys.path.insert(0, os.path.join(ROOT, "tools"))
from clockhandlib import cpio, ktap, qemu, record, sizes  # noqa: E402

PROGRAM = "/bin/hello"
REPORT_KEYS = """outcome exit_status signal policy ram_bytes frames_total frames_limit swap_slots
minor_faults major_faults zero_fills cow_copies file_ins swap_ins swap_outs evictions
evictions_clean peak_resident_pages frames_leaked slots_leaked objects_leaked
instructions user_instructions idle_instructions useful_share""".split()


@test
def status_is_the_programs(box):
    equal(box.fake("exit 0", PROGRAM).status, 0, "status")
    equal(box.fake("exit 41", PROGRAM).status, 41, "status")


@test
def status_is_128_plus_signal(box):
    result = box.fake("signal 11", PROGRAM)
    equal(result.status, 139, "status")
    equal((result["outcome"], result["signal"], result["exit_status"]), ("signaled", 11, None),
          "report")
    find(r"SIGSEGV", result.error_text())


@test
def status_124_when_time_runs_out(box):
    result = box.fake("hang", PROGRAM, options=["--timeout", "0.5"])
    equal(result.status, 124, "status")
    equal((result["outcome"], result["minor_faults"]), ("timeout", None), "report")


@test
def status_125_for_the_launchers_own_errors(box):
    for words, message in (
            (["run", "--", "no-such-program"], "not in the guest's /usr/bin"),
            (["run", "--", "./no/such"], "neither /no/such in the guest nor"),
            (["run", "--", "/bin"], "not a file"),
            (["run", "--"], "which program"),
            (["run", "--frames", "15", "--", PROGRAM], "at least 16"),
            (["run", "--ram", "3583M", "--", PROGRAM], "room for 3583M"),
            (["run", "--ram", "64Q", "--", PROGRAM], "is not a size"),
            (["run", "--stdin", "/nowhere", "--", PROGRAM], "/nowhere"),
            (["run", "--report", "/no/where", "--", PROGRAM], "/no/where"),
            (["run", "--root", "/nowhere", "--", PROGRAM], "/nowhere"),
            (["run", "--timeout", "-1", "--", PROGRAM], "seconds"),
            (["trace"], "which program"),
            (["dance"], "dance"),
            ([], "VERB")):
        result = box.launch(*words, env={"CLOCKHAND_QEMU": FAKE_QEMU})
        equal(result.status, 125, " ".join(words))
        check(message in result.error_text(), f"{words}: says {result.error_text()!r}")
    equal(box.fake("refuse", PROGRAM).status, 125, "an emulator that refuses")
    result = box.launch("run", "--", PROGRAM, env={"CLOCKHAND_QEMU": "/no/qemu"})
    equal(result.status, 125, "no emulator")


@test
def status_126_without_a_record(box):
    for acting in ("silent", "half"):
        result = box.fake(acting, PROGRAM)
        equal(result.status, 126, acting)
        equal(result["outcome"], "panic", acting)
        find("without a RESULT record", result.error_text())
        find("booting", result.error_text())


@test
def status_126_shows_the_panic(box):
    result = box.fake("panic", PROGRAM)
    equal(result.status, 126, "status")
    equal(result["outcome"], "panic", "outcome")
    find("all is lost", result.error_text())


@test
def a_machine_that_does_not_power_off_is_ended(box):
    result = box.fake("linger 3", PROGRAM)
    equal(result.status, 3, "status")
    find("did not power", result.error_text())


@test
def channels_are_byte_for_byte(box):
    result = box.fake("exit 0", PROGRAM)
    equal(result.out, bytes(range(256)), "standard output")
    check(result.err.startswith(b"to stderr\n"), "standard error comes out")
    quiet = box.fake("exit 0", PROGRAM, options=["-q"])
    equal(quiet.err, b"to stderr\n", "standard error with -q")


@test
def closed_output_goes_nowhere(box):
    words = f"exec {LAUNCHER} run -q -- {PROGRAM} >&- 2>&-"
    done = subprocess.run(["sh", "-c", words], check=False, capture_output=True, timeout=PATIENCE,
                          env={**os.environ, "TMPDIR": box.path, "CLOCKHAND_QEMU": FAKE_QEMU,
                               "FAKE_QEMU": "exit 5"})
    equal((done.returncode, done.stdout, done.stderr), (5, b"", b""), "status and output")


@test
def nothing_is_lost_at_the_end(box):
    result = box.fake("flood", PROGRAM)
    equal(len(result.out), 3_000_000, "bytes on standard output")


@test
def report_has_exactly_the_contracts_keys(box):
    for acting in ("exit 0", "signal 9", "panic", "silent"):
        result = box.fake(acting, PROGRAM, ram="16M", options=["--icount"])
        equal(list(result.report), REPORT_KEYS, f"keys of '{acting}'")
        equal(result["ram_bytes"], 16 << 20, "ram_bytes")
    result = box.fake("exit 0", PROGRAM)
    equal((result["minor_faults"], result["major_faults"]), (1204, 311), "faults")
    for key in ("instructions", "user_instructions", "idle_instructions", "useful_share"):
        equal(result[key], None, f"{key} without --icount")


@test
def report_is_readable(box):
    text = box.fake("exit 0", PROGRAM, options=["--icount"]).error_text()
    for pattern in (r"/bin/hello exited with status 0", r"faults +1,515 +1,204 minor +311 major",
                    r"64 +pages, 256 KiB", r"leaked +nothing",
                    r"instructions +123,456,789 +75\.0 % in user mode"):
        find(pattern, text)


@test
def a_policy_the_kernel_does_not_know_is_said(box):
    result = box.fake("exit 0", PROGRAM, options=["--policy", "guess"])
    equal(result["policy"], "clock", "policy in the report is the one in force")
    find("does not know policy 'guess'", result.error_text())


@test
def log_goes_to_its_file(box):
    log = box.file("log")
    box.fake("exit 0", PROGRAM, options=["--log", log])
    with open(log, "rb") as text:
        equal(text.read(), b"clockhand: booting\n", "log")


@test
def kernel_and_emulator_are_told(box):
    """The command line: memory is the sum, words and arguments go by fw_cfg, commas survive."""
    base = sizes.page_up(os.path.getsize(os.path.join(ROOT, "build", "initrd.cpio")))
    given = box.file("input,with,commas", b"x" * 5000)
    result = box.fake("tell", PROGRAM, "a b", "", "-x", ram="16M", frames=64, swap="8M",
                      options=["--stdin", given, "--append", "one two", "--append", "three",
                               "--policy", "fifo"])
    told = json.loads(result.out)
    equal(told["m"], f"{((24 << 20) + base + 8192) // 1024}K", "-m")
    equal(told["cmdline"], "channels=serial swap=8M frames=64 policy=fifo one two three", "words")
    equal(told["argv"], "/bin/hello\0a b\0\0-x\0", "arguments")
    equal(told["stdin"], "x" * 5000, "standard input")


@test
def root_folders_are_laid_over(box):
    """Later folders over earlier ones; links, devices and modes survive; PROGRAM is found there."""
    box.file("one/bin/tool", b"#!old")
    box.file("two/bin/tool", b"#!new")
    os.chmod(box.file("two/bin/tool"), 0o755)
    os.symlink("/bin/tool", box.file("two/link"))
    result = box.fake("tell", "/link", options=["--root", box.file("one"), "--root",
                                                box.file("two")])
    archive = box.file("overlay", json.loads(result.out)["initrd"].encode("latin-1"))
    entries = cpio.read(archive)
    equal(entries["bin/tool"], (stat.S_IFREG | 0o755, b"#!new"), "bin/tool")
    equal(entries["link"], (stat.S_IFLNK | 0o777, b"/bin/tool"), "link")
    check(stat.S_ISDIR(entries["bin"][0]), "bin is a folder")


@test
def a_host_file_is_copied_in_under_its_path(box):
    path = box.file("somewhere/program", b"#!/bin/sh\n")
    os.chmod(path, 0o700)
    result = box.fake("tell", path, "word")
    told = json.loads(result.out)
    equal(told["argv"], f"{path}\0word\0", "arguments")
    entries = cpio.read(box.file("overlay", told["initrd"].encode("latin-1")))
    equal(entries[path[1:]], (stat.S_IFREG | 0o700, b"#!/bin/sh\n"), "the file")


@test
def programs_that_can_not_run_are_refused(box):
    path = box.file("program", b"\x7fELF\x02\x01" + bytes(12) + b"\x3e\0")
    equal(box.fake("exit 0", path).status, 125, "not executable")
    os.chmod(path, 0o755)
    result = box.fake("exit 0", path)
    equal(result.status, 125, "64-bit")
    find("-m32", result.error_text())


@test
def cpio_archives_survive(box):
    path = box.file("a.cpio")
    with open(path, "wb") as out:
        archive = cpio.Writer(out)
        archive.add_parents("a/b/c")
        archive.add("a/b/c", stat.S_IFREG | 0o644, b"12345")
        archive.add("a/.hidden", stat.S_IFREG | 0o600)
        archive.close()
    entries = cpio.read(path)
    equal(sorted(entries), ["a", "a/.hidden", "a/b", "a/b/c"], "names")
    equal(entries["a/b/c"][1], b"12345", "contents")
    listed = subprocess.run(["cpio", "-t", "--quiet"], stdin=open(path, "rb"), check=True,
                            capture_output=True).stdout
    equal(listed.split(), [b"a", b"a/b", b"a/b/c", b"a/.hidden"], "what cpio says")


def interrupted(box, signum):
    """Status of a run that gets @signum while QEMU hangs, and QEMU's id."""
    pid_file = box.file("pid")
    process = subprocess.Popen(
        [sys.executable, LAUNCHER, "run", "--", PROGRAM], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        env={**os.environ, "TMPDIR": box.path, "CLOCKHAND_QEMU": FAKE_QEMU,
             "FAKE_QEMU": f"hang {pid_file}"})
    wait_for(lambda: os.path.exists(pid_file) and os.path.getsize(pid_file),
             "QEMU started")
    process.send_signal(signum)
    status = process.wait(PATIENCE)
    with open(pid_file, encoding="ascii") as text:
        return status, int(text.read())


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as text:
            return text.read().split()[2] != "Z"
    except OSError:
        return False


@test
def signals_end_the_emulator_too(box):
    for signum, expected in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        status, pid = interrupted(box, signum)
        equal(status, expected, "status")
        check(not is_alive(pid), "the emulator has ended")
        equal(box.left_behind(), [], "temporary folders")
        os.remove(box.file("pid"))


@test
def a_killed_launcher_takes_the_emulator_along(box):
    status, pid = interrupted(box, signal.SIGKILL)
    equal(status, -9, "status")
    wait_for(lambda: not is_alive(pid), "the emulator has ended")
    for folder in box.left_behind():
        subprocess.run(["rm", "-r", box.file(folder)], check=True)


@test
def a_reader_that_leaves_ends_the_run(box):
    process = subprocess.Popen([sys.executable, LAUNCHER, "run", "-q", "--", PROGRAM],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env={**os.environ, "TMPDIR": box.path, "CLOCKHAND_QEMU": FAKE_QEMU,
                                    "FAKE_QEMU": "endless"})
    process.stdout.read(10)
    process.stdout.close()
    equal(process.wait(PATIENCE), 128 + signal.SIGPIPE, "status")


@test
def records_are_read_only_whole(_box):
    equal(record.parse(b"RESULT outcome=exited exit_status=1"), None, "no newline")
    equal(record.parse(b"RESULT outcome=exited exit_status=x\n"), None, "not a number")
    equal(record.parse(b"noise\nRESULT outcome=exited exit_status=1\r\n"),
          {"outcome": "exited", "exit_status": 1}, "record")


@test
def ktap_plans_are_judged(_box):
    for lines, problems in (
            (["KTAP version 1", "1..2", "ok 1 a", "ok 2 b # SKIP why"], 0),
            (["1..2", "ok 1 a"], 1),
            (["ok 1 a"], 1),
            (["1..0"], 1),
            (["1..2", "ok 2 a", "ok 1 b"], 1),
            (["1..1", "1..1", "ok 1 a"], 1),
            (["1..1", "not ok 1 a"], 1)):
        results = ktap.Results()
        check(all(results.take(line) for line in lines), f"{lines} is KTAP")
        equal(len(results.problems()), problems, f"problems of {lines}")
    check(not ktap.Results().take("memory: 64 MiB"), "a log line is not KTAP")


@test
def option_values_keep_their_commas(_box):
    equal(qemu.quote("a,b"), "a,,b", "quoted")
    equal((sizes.parse("3G"), sizes.parse("12k"), sizes.word(24 << 20)),
          (3 << 30, 12 << 10, "24M"), "sizes")
