"""Failing on purpose: what a careless runner takes for success must be called a failure."""

from harness import check, equal, find, test


def self_test(box, word, *more):
    return box.launch("test", "--emulator", "qemu", "--append", word, *more)


@test
def a_panic_fails_the_self_tests(box):
    result = self_test(box, "test=panic")
    equal(result.status, 1, "status")
    find(rb"panicked \(status 37\)", result.out)


@test
def a_stack_overflow_is_reported_and_fails(box):
    """By the double-fault task, with its name; never a reset."""
    result = self_test(box, "test=stack_overflow")
    equal(result.status, 1, "status")
    find(rb"panicked \(status 37\)", result.out)
    find(rb"(?i)stack", result.out)


@test
def a_triple_fault_fails_the_self_tests(box):
    """QEMU ends with status 0."""
    result = self_test(box, "test=triple_fault")
    equal(result.status, 1, "status")
    find(rb"triple fault or a reset", result.out)


@test
def a_hang_fails_the_self_tests(box):
    result = self_test(box, "test=hang", "--timeout", "8")
    equal(result.status, 1, "status")
    find(rb"hang: nothing ended", result.out)


@test
def a_lost_plan_fails_the_self_tests(box):
    """It ends with the status of success."""
    result = self_test(box, "test=lost_plan")
    equal(result.status, 1, "status")
    find(rb"no RESULT record", result.out)
    find(rb"plan promises 3 results, 1 came", result.out)


@test
def no_test_of_that_name_is_a_failure(box):
    result = box.launch("test", "--emulator", "qemu", "no_such_test")
    equal(result.status, 1, "status")


@test
def self_tests_can_be_chosen_by_name(box):
    result = box.launch("test", "--emulator", "qemu", "bench_*")
    equal(result.status, 0, result.out.decode("utf-8", "replace")[-800:])
    lines = [line for line in result.out.split(b"\n") if line.startswith(b"qemu: ok")]
    check(lines and all(b"bench_" in line for line in lines), f"tests run: {lines}")


@test
def a_panic_is_status_126(box):
    result = box.run("/bin/true", options=["--append", "test=panic"])
    equal(result.status, 126, "status")
    equal(result["outcome"], "panic", "outcome")
    find("test=panic", result.error_text())


@test
def a_triple_fault_is_status_126(box):
    result = box.run("/bin/true", options=["--append", "test=triple_fault"])
    equal(result.status, 126, "status")
    find("without a RESULT record", result.error_text())


@test
def a_hang_is_status_124(box):
    result = box.run("/bin/true", options=["--append", "test=hang", "--timeout", "6"])
    equal(result.status, 124, "status")
    equal(result["outcome"], "timeout", "outcome")


@test
def unknown_words_are_said_and_ignored(box):
    log = box.file("log")
    box.run("/bin/true", options=["--append", "colour=blue frames=3 policy=guess",
                                  "--log", log]).expect()
    with open(log, encoding="utf-8") as text:
        told = text.read()
    for word in ("colour", "frames=3", "guess"):
        check(word in told, f"the log does not mention {word}")
