"""The launcher on Bochs: the same programs, the same words, on the emulator that checks limits."""

import shutil

from harness import Skipped, check, equal, find, on_linux, test

BOCHS = ["--emulator", "bochs"]


def need_bochs():
    if not shutil.which("bochs"):
        raise Skipped("bochs is not installed")


@test
def bochs_pages_as_qemu_does(box):
    """Program, arguments, limits and report; a paging run with the right result."""
    need_bochs()
    words = ["/bin/hashtable", "--keys", "9000"]
    result = box.run(*words, options=BOCHS, ram="16M", frames=64, swap="8M").expect()
    equal(result.out, on_linux(*words)[1], "output (ours, Linux)")
    check(result["swap_ins"] > 0 and result["swap_outs"] > 0, "nothing went through swap")


@test
def bochs_gets_the_overlay_and_keeps_statuses(box):
    need_bochs()
    box.file("top/etc/motd", b"another\n")
    result = box.run("/bin/cat", "/etc/motd", options=[*BOCHS, "--root", box.file("top")]).expect()
    equal(result.out, b"another\n", "output")
    equal(box.run("/bin/nullderef", options=BOCHS).status, 139, "status")


@test
def bochs_failures_are_failures(box):
    need_bochs()
    for word, what in (("test=triple_fault", rb"triple fault"), ("test=panic", rb"panic"),
                       ("test=lost_plan", rb"no RESULT record")):
        result = box.launch("test", *BOCHS, "--append", word)
        equal(result.status, 1, word)
        find(rb"# bochs: FAILED: .*" + what, result.out)
