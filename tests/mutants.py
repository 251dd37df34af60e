#!/usr/bin/env python3
"""`make mutants`: are the kernel's assertions worth their lines?

Usage: tests/mutants.py [-l] [GLOB...]     the faults that match; without any: all of them

Plants one fault after the other in a copy of the tree (build/mutants), builds it, runs programs or
self-tests on it with every structure verified at each tick (check=1), and says which assertion
found the fault. A fault is a text of one file and what to put in its place; the text must be there
once, so a fault that no longer fits the code says so. Passes if an assertion of the kernel finds
each: not a crash, not a hang, not a wrong answer.
"""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
COPY = os.path.join(ROOT, "build", "mutants")
PATIENCE = 60  # seconds for a run: a fault may also hang it


class Fault(NamedTuple):
    name: str
    path: str  # in kernel/
    old: str
    new: str
    words: str = "/bin/sh -c 'ls /bin | cat; echo done'"  # of the launcher, after its options


def tests(*names: str) -> str:
    """Several test programs, one after the other."""
    return "/bin/sh -c '" + "; ".join(f"/tests/{name}" for name in names) + "'"


FAULTS = (
    Fault("fork takes no reference on the directory", "fs/process_fs.c",
          "child->fs.cwd = inode_get(parent->fs.cwd);", "child->fs.cwd = parent->fs.cwd;"),
    Fault("exit keeps the reference on its directory", "fs/process_fs.c",
          "\tinode_put(p->fs.cwd);\n\tp->fs.cwd", "\tp->fs.cwd"),
    Fault("fork shares files without references", "fs/file.c",
          "\t\t\tfile_get(t->slots[fd].file);", "\t\t\t(void)t;"),
    Fault("close keeps the file", "fs/file.c",
          "t->slots[fd] = (struct file_slot){ .file = NULL };\n\tfile_put(f);",
          "t->slots[fd] = (struct file_slot){ .file = NULL };", tests("files")),
    Fault("a closed slot keeps its flag", "fs/file.c",
          "t->slots[fd] = (struct file_slot){ .file = NULL };", "t->slots[fd].file = NULL;",
          tests("exec")),
    Fault("threads share files without a reference", "fs/file.c",
          "\tt->refs++;\n\treturn t;", "\treturn t;", tests("threads")),
    Fault("the last writer is not counted out", "fs/file.c",
          "\t\tf->inode->writers--;", "\t\t(void)f;", tests("files-write")),
    Fault("a pipe's reader is not counted out", "fs/pipe.c",
          "\t\tp->readers--;", "\t\t(void)p;"),
    Fault("a pipe counts a byte too many as read", "fs/pipe.c",
          "\t\tp->read += chunk;", "\t\tp->read += chunk + 1;"),
    Fault("a pipe takes more than it holds", "fs/pipe.c",
          "n = MIN(io->left, PIPE_BYTES - pipe_held(p));",
          "n = MIN(io->left, PIPE_BYTES + PAGE_SIZE - pipe_held(p));", tests("pipe")),
    Fault("a pipe reserves a page too few", "fs/pipe.c",
          "(p->written % PAGE_SIZE) + n;", "(p->written % PAGE_SIZE) + n - 1;", tests("pipe")),
    Fault("a removed directory is not taken off its parent's links", "fs/dir.c",
          "\t\te->dir->nlink--;", "\t\t(void)e;", tests("files-names")),
    Fault("names are put in the tree the wrong way round", "fs/dir.c",
          "link = order < 0 ?", "link = order > 0 ?"),
    Fault("a name has no reference on its inode", "fs/dir.c",
          "e->inode = inode_get(child);", "e->inode = child;", tests("files-names")),
    Fault("a moved directory keeps its old parent", "fs/dir.c",
          "\tinode_put(old);\n}", "\t(void)old;\n}", tests("files-names")),
    Fault("a second name is not counted", "fs/namei.c",
          "\ti->nlink++;\n", "", tests("files-names")),
    Fault("a shorter file keeps its archive", "fs/tmpfs.c",
          "\t\ti->source.bytes = i->size;", "\t\t(void)i;", "/bin/sh -c 'echo > /bin/true'"),
    Fault("a longer file's object stays short", "fs/tmpfs_data.c",
          "\t\ti->object.size_bytes = at + moved;\n", "", tests("files-write")),
    Fault("a path walk forgets a reference", "fs/path.c",
          "*found = inode_get(at);", "*found = at;", tests("files-names")),
    Fault("a zombie stays its parent's child", "proc/process.c",
          "\tlist_remove(&p->family.sibling);\n", "", tests("wait")),
    Fault("a pid is not given back", "proc/process.c", "\tpid_free(p->pid);\n\tvfree", "\tvfree"),
    Fault("a new thread is not counted", "proc/thread.c",
          "\tg->live++;\n", "\tg->live = 1;\n", tests("threads")),
    Fault("a leader stays in its group's list", "proc/process.c",
          "\tlist_remove(&p->thread_link);\n", ""),
    Fault("an ended process is no zombie", "proc/exit.c",
          "\tp->run.state = PROCESS_ZOMBIE;\n", ""),
    Fault("orphans keep their parent", "proc/wait.c",
          "\t\tchild->family.parent = heir;\n", "",
          "/bin/sh -c \"/bin/sh -c 'sleep 2 &'; sleep 1\""),
    Fault("a woken sleeper stays on the timers", "proc/sched.c",
          "\tlist_remove(&p->run.timer_link);\n\tsched_enqueue(p);", "\tsched_enqueue(p);",
          tests("poll", "timers")),
    Fault("the run queue is miscounted", "proc/sched.c",
          "\tsched_queued -= node != NULL;\n", ""),
    Fault("a sleeper stays RUNNABLE", "proc/sched.c",
          "\tp->run.state = PROCESS_SLEEPING;\n", "", tests("wait")),
    Fault("a stopped thread is not counted", "trap/signal_act.c",
          "\tg->stopped++;\n", "", tests("jobs")),
    Fault("a dropped signal keeps its entry", "proc/signal_queue.c",
          "\t\tif (signal_in(mask, e->info.signo))", "\t\tif (!mask)", tests("signals", "jobs")),
    Fault("a taken entry is not counted out", "proc/signal_queue.c",
          "\tsignal_nentries--;\n", "", tests("signals")),
    Fault("shared handlers without a reference", "proc/signal_actions.c",
          "\t\tfrom->refs++;\n", "", tests("threads")),
    Fault("a futex's sleeper stays in the table", "proc/futex.c",
          "\tlist_remove(&s->link);\n\ts->woken = true;", "\ts->woken = true;",
          tests("threads")),
    Fault("an alarm outlives its process", "proc/itimer.c",
          "\ttimer_stop(&g->real_timer);\n\tmemset", "\tmemset", tests("timers")),
    Fault("a removed segment keeps its key", "proc/shm.c",
          "\ts->key = SHM_PRIVATE;\n", "", tests("shm")),
    Fault("an ended segment is not counted out", "proc/shm.c",
          "\tshm_count--;\n", "", tests("shm")),
    Fault("idle time goes to nobody", "proc/account.c",
          "\t\taccount_totals.idle += passed;", "\t\t(void)passed;", "/bin/sleep 1"),
    Fault("who waited for memory waits for ever", "watch/pressure.c",
          "\tpressure_now.memory--;\n", "", "--frames 64 -- /bin/pagesort"),
    Fault("an argument loses its NUL", "exec/strings.c",
          "uint32_t left = strlen(text) + 1, at", "uint32_t left = strlen(text), at"),
    Fault("a signal's return may turn interrupts off", "trap/signal_frame.c",
          "uint32_t eflags = (tf->eflags & ~(uint32_t)EFLAGS_USER)",
          "uint32_t eflags = (tf->eflags & ~(uint32_t)(EFLAGS_USER | EFLAGS_IF))",
          tests("signal-handlers")),
)


def shell(words: str, patience: float = 600) -> tuple[int, str]:
    """(status, everything it said) of a command run in the copy."""
    try:
        done = subprocess.run(words, shell=True, cwd=COPY, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=patience)
    except subprocess.TimeoutExpired as late:
        return 124, (late.stdout or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")


def make_copy() -> None:
    """The tree as it is now, with what is built of it, so that one file is compiled for a fault."""
    shutil.rmtree(COPY, ignore_errors=True)
    os.makedirs(COPY)
    for name in os.listdir(ROOT):
        if name not in ("build", ".git"):
            subprocess.run(["cp", "-a", os.path.join(ROOT, name), COPY], check=True)
    built = os.path.join(COPY, "build")
    os.makedirs(built)
    for name in os.listdir(os.path.join(ROOT, "build")):
        if name not in ("mutants", "host"):
            subprocess.run(["cp", "-a", os.path.join(ROOT, "build", name), built], check=True)


def run(fault: Fault) -> str:
    """What found it: "FILE: EXPRESSION", or in other words what happened instead."""
    path = os.path.join(COPY, "kernel", fault.path)
    with open(path, encoding="utf-8") as text:
        sound = text.read()
    if sound.count(fault.old) != 1:
        return f"not planted: its text is there {sound.count(fault.old)} times"
    try:
        with open(path, "w", encoding="utf-8") as text:
            text.write(sound.replace(fault.old, fault.new))
        status, said = shell("make -j2 build/clockhand.iso")
        if status:
            return "does not build: " + " ".join(said.split()[-30:])
        options = fault.words if fault.words.startswith("--") else f"-- {fault.words}"
        status, said = shell(f"tools/clockhand run --append check=1 {options}", PATIENCE)
    finally:
        with open(path, "w", encoding="utf-8") as text:
            text.write(sound)
    found = re.search(r'(kernel/\S+):\d+: "(.*)" does not hold', said)
    if found:
        return f"{found.group(1)}: {found.group(2)}"
    other = re.search(r"panic: .*|\S+:\d+: .* does not hold", said)
    return "no assertion of the kernel's: " + (other.group(0) if other else f"status {status}")


def main(arguments: list[str]) -> int:
    globs = [word for word in arguments if word != "-l"] or ["*"]
    chosen = [fault for fault in FAULTS if any(fnmatch.fnmatch(fault.name, g) for g in globs)]
    if "-l" in arguments:
        print("\n".join(f"{fault.name}: kernel/{fault.path}" for fault in chosen))
        return 0
    make_copy()
    missed = 0
    for fault in chosen:
        found = run(fault)
        missed += not found.startswith("kernel/")
        print(f"{fault.name} (kernel/{fault.path})\n    {found}", flush=True)
    print(f"mutants: {len(chosen)} faults, {len(chosen) - missed} found by an assertion")
    return 1 if missed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
