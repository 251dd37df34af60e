"""Run inside gdb (`-x`), on the program scene: every `ck` command, at points that are known.

What each command printed goes as JSON to the file that CLOCKHAND_SCENE_OUT names; test_gdb.py
judges it.
"""

import json
import os

import gdb

PROGRAM = os.environ["CLOCKHAND_SCENE_PROGRAM"]
said = {}


def ck(key, text):
    """What the command prints, or "error: " and why not."""
    try:
        said[key] = gdb.execute(text, to_string=True)
    except (gdb.error, gdb.GdbError) as error:
        said[key] = f"error: {error}"
    return said[key]


def value(key, text):
    said[key] = int(gdb.parse_and_eval(text))


def corrupted(label, *lies):
    """What `ck check` says while the word at each place (an expression) is another number."""
    before = [int(gdb.parse_and_eval(place)) for place, _ in lies]
    for place, number in lies:
        gdb.execute(f"set var {place} = {number}")
    ck(f"corrupt {label}", f"ck check {label[1:].split('.')[0]}")
    for (place, _), number in zip(lies, before):
        gdb.execute(f"set var {place} = {number}")


def boot():
    ck("reset ps", "ck ps")
    gdb.execute("continue")
    code = "*((unsigned char *)&kernel_main + 40)"
    before = int(gdb.parse_and_eval(code))
    gdb.execute(f"set var {code} = {before ^ 0xff}")
    ck("other kernel", "ck ps")
    gdb.execute(f"set var {code} = {before}")
    ck("early buddy", "ck buddy")
    gdb.execute("hbreak first_run")
    gdb.execute("continue")
    ck("boot maps", "ck maps")
    ck("boot check", "ck check")
    # No samples of the working set: they clear accessed bits at times that a busy host chooses.
    gdb.execute("set var allot_stats.window = 0")


def to_point(point):
    """Until the parent calls scene_ready(@point)."""
    gdb.execute(f"add-symbol-file {PROGRAM}" if point == 1 else "echo")
    gdb.execute("thbreak scene_ready")
    gdb.execute("continue")


def look():
    for text in ("ps", "maps", "maps 2", "maps 99", "buddy", "slab", "slab process", "slab nothing",
                 "clock", "clock 3", "swap", "check", "check frame", "check nothing", "frame",
                 "frame 99999999", "frame process_running", "frame 0xdead0000", "nonsense",
                 "pte 1 0x50004000", "pte 1 0x60000000", "walk 1 0xc0101000", "walk 1 nonsense",
                 "why 0xc0101000", "why 0", "why 0x4fffffff", "why 0xbffd0000", "why 0x40000000",
                 "why 0x52000000", "why 0x52001000", "why 0x5200f000"):
        ck(text, f"ck {text}")
    for pid in (1, 2, 3):
        for number in range(8):
            address = 0x50000000 + number * 4096 + 0x123
            ck(f"walk {pid} {number}", f"ck walk {pid} {address:#x}")
            ck(f"why {pid} {number}", f"ck why {address:#x} {pid}")
            ck(f"pte {pid} {number}", f"ck pte {pid} {address:#x}")
        ck(f"shared {pid}", f"ck walk {pid} 0x51000000")
        ck(f"why shared {pid}", f"ck why 0x51000000 {pid}")


def facts():
    """The same from elsewhere: the kernel's own counters, memory by virtual address."""
    value("frame_count", "frame_count")
    value("free", "frame_stats.free")
    value("total", "frame_stats.total")
    for order in range(11):
        value(f"free_blocks {order}", f"frame_stats.free_blocks[{order}]")
    value("slots used", "swap_stats.used")
    value("policy_frames", "policy_frames")
    value("resident", "process_running->aspace->pmap.resident")
    value("process caches", "process_cache->inuse")
    value("directory", "process_running->aspace->pmap.directory")
    value("cr3", "(unsigned int)$cr3")
    value("process frame", "((unsigned int)process_running - 0xc0000000) / 4096")
    for number in (0, 5, 6, 7):
        value(f"word {number}", f"*(unsigned int *) {0x50000000 + number * 4096}")


def frames():
    """Each frame that a walk has found, looked at by its number and by its address."""
    for number in (0, 5, 7):
        pte = int(gdb.parse_and_eval(f"*(unsigned int *){pte_of(number):#x}"))
        said[f"pte word {number}"] = pte
        ck(f"frame of {number}", f"ck frame {pte >> 12}")
        ck(f"frame of {number} by physical", f"ck frame {pte & ~0xfff:#x}")
        ck(f"frame of {number} by kernel", f"ck frame {(pte & ~0xfff) + 0xc0000000:#x}")
        value(f"physical word {number}", f"*(unsigned int *){(pte & ~0xfff) + 0xc0000000:#x}")
    gdb.execute("ck pte 1 0x52000000", to_string=True)
    value("pte word file", "*$pte")
    slot = int(gdb.parse_and_eval(f"*(unsigned int *){pte_of(4):#x}")) >> 2
    said["slot"] = slot
    ck("swap of 4", f"ck swap {slot}")
    ck("swap 0", "ck swap 0")


def segments():
    """The same page by another base; an address that the limit forbids."""
    segment = "process_running->aspace->segment"
    limit = int(gdb.parse_and_eval(f"{segment}.data_limit"))
    gdb.execute(f"set var {segment}.base = 0x10000000")
    gdb.execute(f"set var {segment}.data_limit = 0x50000000")
    ck("based walk", "ck walk 1 0x40000123")
    ck("limited walk", "ck walk 1 0x50000123")
    gdb.execute(f"set var {segment}.base = 0")
    gdb.execute(f"set var {segment}.data_limit = {limit}")


def pte_of(number):
    gdb.execute(f"ck pte 1 {0x50000000 + number * 4096:#x}", to_string=True)
    return int(gdb.parse_and_eval("(unsigned int)$pte"))


def frame(pfn):
    return f"frame_table[{pfn}]"


def damage_frames():
    free = int(gdb.parse_and_eval("(unsigned)frame_lists[10].next - (unsigned)frame_table"))
    free = frame(free // int(gdb.parse_and_eval("sizeof(struct frame)")))
    own, slab = frame(said["pte word 7"] >> 12), frame(said["process frame"])
    for label, place, number in (
            ("[frame.1]", "frame_table[0].state", 1), ("[frame.2]", f"{free}.order", 9),
            ("[frame.4]", "frame_stats.free_blocks[3]", 77), ("[frame.5]", "frame_orders", 0),
            ("[frame.6]", f"{own}.owner", 2), ("[frame.7]", "frame_stats.free", 1),
            ("[slab.3]", f"{slab}.slab_head", 1), ("[slab.4]", "process_cache->inuse", 99),
            ("[slab.1]", f"{slab}.inuse", 0), ("[slab.2]", f"{slab}.free_list", 0xc0000000),
            ("[vmalloc.1]", "vmalloc_map[5]", 4), ("[vmalloc.3]", "vmalloc_used", 3),
            ("[vmalloc.2]", "vmalloc_map[0]", 0xffffffff)):
        corrupted(label, (place, number))
    # The buddy of a free block, forged to be one too.
    order = next(k for k in range(10) if said[f"free_blocks {k}"] == 1)
    head = f"frame_lists[{order}]"
    link = int(gdb.parse_and_eval(f"(unsigned int){head}.next"))
    size = int(gdb.parse_and_eval("sizeof(struct frame)"))
    pfn = (link - int(gdb.parse_and_eval("(unsigned int)frame_table"))) // size
    buddy = link + ((pfn ^ 1 << order) - pfn) * size
    end = int(gdb.parse_and_eval(f"(unsigned int)&{head}"))
    corrupted("[frame.3]", (f"*(unsigned int *){end:#x}", buddy),
              (f"((unsigned int *){link:#x})[1]", buddy),
              (f"((unsigned int *){buddy:#x})[0]", link), (f"((unsigned int *){buddy:#x})[1]", end))


def damage_spaces():
    space, slot = "process_running->aspace", said["slot"]
    area = f"((struct vma *){space}->areas.tree.root)"
    kernel, own = "kernel_directory + 0xc0000000", f"{space}->pmap.directory + 0xc0000000"
    text = int(gdb.parse_and_eval(f"((unsigned int *)({kernel}))[768]")) & ~0xfff
    entry, first = f"(*(unsigned int *){pte_of(7):#x})", f"(*(unsigned int *){pte_of(0):#x})"
    word, shared = int(gdb.parse_and_eval(entry)), int(gdb.parse_and_eval(first))
    for label, place, number in (
            ("[pmap.1]", f"{frame(table_of(7))}.live", 1),
            ("[pmap.2]", f"{space}->pmap.resident", 1), ("[pmap.4]", entry, word | 0x100),
            ("[pmap.3]", f"{frame(table_of(7))}.table_index", 0),
            ("[pmap_kernel.1]", f"((unsigned int *)({kernel}))[960]", word | 4),
            ("[pmap_kernel.2]", f"((unsigned int *){text + 0xc0000000:#x})[257]", 0x101003),
            ("[outside.1]", f"((unsigned int *)({own}))[975]", word),
            ("[outside.2]", f"{space}->refs", 0),
            ("[vma.1]", f"{area}->start", f"{area}->start + 4"),
            ("[vma.2]", f"{area}->end", 0xc0000000), ("[vma.3]", f"{space}->areas.count", 1),
            ("[space.2]", f"((unsigned int *){pte_of(7) & ~0xfff:#x})[100]", word),
            ("[space.3]", first, shared | 2),
            ("[space.4]", f"(*(unsigned int *){pte_of(3):#x})", word),
            ("[outside.4]", f"slots[{slot}].refs", 5)):
        corrupted(label, (place, number))


def second_mapper_of(page):
    """Where the second member of a frame's list of mappers names the first one."""
    first = f"{page}.rmap"
    second = f"frame_table[{first} / 1024].rmap_next[{first} % 1024]"
    return f"frame_table[{second} / 1024].rmap_prev[{second} % 1024]"


def damage_users():
    object_ = "((struct inode *)process_running->fs.exe)->object"
    page, own = frame(said["pte word 0"] >> 12), frame(said["pte word 7"] >> 12)
    for label, place, number in (
            ("[rmap.1]", f"{page}.mappers", 7), ("[outside.3]", f"{page}.mappers", 7),
            ("[rmap.2]", f"{frame(table_of(7))}.mappers", 1),
            ("[rmap.3]", second_mapper_of(page), 1),
            ("[object.1]", f"{object_}.npages", 77),
            ("[object.2]", f"{frame(said['pte word file'] >> 12)}.index", 9),
            ("[object.3]", "object_zero.root", f"{object_}.root"),
            ("[swap.1]", "swap_stats.used", 77), ("[swap.2]", "slot_taken[0]", 0),
            ("[swap.3]", f"{own}.slot", said["slot"]), ("[policy.1]", "policy_frames", 1),
            ("[page.1]", "page_stats.charged", 1), ("[page.2]", "policy_frames", 1),
            ("[page.3]", f"{own}.mappers", 0), ("[reclaim.1]", "reclaim_stats.limit", 1)):
        corrupted(label, (place, number))
    ck("repaired", "ck check")


def table_of(number):
    return (pte_of(number) - 0xc0000000) // 4096


def evict():
    """The program evicts page 5 and then page 7: only the second must stop it."""
    ck("break-evict", "ck break-evict 1 0x50007123")
    ck("break-evict nowhere", "ck break-evict 1 0x60000000")
    ck("break-evict kernel", "ck break-evict 1 0xc0101000")
    said["evicted stop"] = gdb.execute("continue", to_string=True)
    said["evicted backtrace"] = gdb.execute("bt", to_string=True)
    said["evicted page 5"] = gdb.execute("ck walk 1 0x50005000", to_string=True)
    said["evicted page 7"] = gdb.execute("ck walk 1 0x50007000", to_string=True)
    gdb.execute("delete")


def symbols():
    """Of the scene by hand; of another program by name."""
    said["user backtrace"] = gdb.execute("bt 2", to_string=True)
    gdb.execute(f"remove-symbol-file {PROGRAM}")
    ck("symbols path", f"ck symbols {PROGRAM}")
    ck("symbols line", "info line scene_ready")
    ck("symbols name", "ck symbols pagesort")
    ck("symbols gone", "info line scene_ready")
    ck("symbols other", "info symbol main")
    ck("symbols none", "ck symbols no-such-program")


def main():
    boot()
    to_point(1)
    said["maps at 1"] = gdb.execute("ck maps 1", to_string=True)
    look()
    facts()
    frames()
    segments()
    damage_frames()
    damage_spaces()
    damage_users()
    symbols()
    ck("symbols back", f"ck symbols {PROGRAM}")
    evict()
    to_point(2)
    ck("check at 2", "ck check")
    gdb.execute("ck pte 1 0x50007000")
    ck("help", "help ck")


try:
    main()
finally:
    with open(os.environ["CLOCKHAND_SCENE_OUT"], "w", encoding="utf-8") as out:
        json.dump(said, out, indent=1)
