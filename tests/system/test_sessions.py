"""The sessions in docs/debugging.md are real: typed again, `ck` gives the same answers.

Numbers are let pass, since every change of the kernel moves an address; words are not. What gdb
itself prints (a backtrace's frames) depends on the compiler and is not compared.
"""

import os
import re
import shlex

from harness import ROOT, check, equal, test
from test_gdb import debug, gdb_said

PAGE = os.path.join(ROOT, "docs", "debugging.md")
LAUNCH = "$ tools/clockhand debug "
PROMPT = "(gdb) "


def sessions():
    """(words of the launcher, [(command, lines of the answer)]) of each session of the page."""
    found = []
    with open(PAGE, encoding="utf-8") as page:
        lines = [line.rstrip("\n") for line in page]
    for line in lines:
        text = line[4:] if line.startswith("    ") else None
        if text is not None and text.startswith(LAUNCH):
            found.append((shlex.split(text[len(LAUNCH):]), []))
            inside = True
        elif text is None:
            inside = False
        elif found and inside and text.startswith(PROMPT):
            found[-1][1].append((text[len(PROMPT):], []))
        elif found and inside:
            found[-1][1][-1][1].append(text)
    return found


def plain(line):
    """Without numbers, folders and widths."""
    line = re.sub(r"(?:/\S+)?build/", "build/", line)
    line = re.sub(r"\b(?:0x[0-9a-f]+|[0-9a-f]{8}|[0-9][0-9,]*)\b", "N", line)
    return re.sub(r"\s+", " ", line).strip()


def answers(log, commands):
    """What followed each command in gdb's log."""
    parts = re.split(r"(?m)^\(gdb\) (.*)$", log)[1:]
    said = list(zip(parts[::2], parts[1::2]))
    equal([command for command, _ in said], commands, "commands gdb came to")
    return [text.strip().split("\n") for _, text in said]


def retype(box, words, dialogue):
    split = words.index("--")
    lines = ["echo (gdb) {}\\n\n{}\n".format(command.replace("$", "\\$"), command)
             for command, _ in dialogue]
    if "--replay" not in words:
        # In kernel_main: no samples of the working set, which clear accessed bits as time passes.
        lines.insert([command for command, _ in dialogue].index("continue") + 1,
                     "set var allot_stats.window = 0\n")
    script = box.file("commands", "".join(lines).encode())
    debug(box, script, *words[split + 1:], options=words[:split])
    said = answers(gdb_said(box), [command for command, _ in dialogue])
    compared = 0
    for (command, expected), actual in zip(dialogue, said):
        if command.startswith("ck "):
            equal([plain(line) for line in actual if "[Inferior" not in line],
                  [plain(line) for line in expected], f"{command} (now, docs/debugging.md)")
            compared += 1
    check(compared > 0, "no answer was compared")


def session_is_real(number, name):
    def run(box):
        found = sessions()
        equal(len(found), 3, "sessions on the page")
        retype(box, *found[number])
    run.__name__ = f"the_documented_session_is_real_{name}"
    return run


for index, title in enumerate(("of_a_fault", "of_an_eviction", "backwards")):
    test(session_is_real(index, title))
