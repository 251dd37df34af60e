"""`ck clock`: what the replacement policy would look at next."""

from . import frames as frame_table
from . import guest, pages
from .command import Command, plural

# Where each policy keeps its frames: a ring's hand, or lists whose front goes first.
RINGS = {"clock": "clock_hand", "enhanced-clock": "enhanced_hand", "wsclock": "wsclock_hand"}
LISTS = {"fifo": "fifo_queue", "second-chance": "second_chance_queue", "random": "random_list"}
RANKS = {"nru": "nru_queues", "lru": "lru_queues", "lfu": "lfu_queues",
         "lfu-nodecay": "lfu_queues"}


def policy_name():
    pointer = guest.variable("policy_now")
    if pointer == 0:
        guest.fail("no replacement policy is in force yet: `hbreak process_run_first`, `continue`")
    return guest.string(guest.record("policy_ops", pointer)["name"])


def ring(hand):
    """The nodes of a ring that has no head, the hand's first."""
    if hand == 0:
        return []
    return [hand, *guest.list_nodes(hand)]


def array_of_lists(name, bytes_of_heads):
    step = guest.layout("list_node").size
    start = guest.address_of(name)
    return [node for head in range(start, start + bytes_of_heads, step)
            for node in guest.list_nodes(head)]


def sieve():
    """The hand goes towards the newest frame; before it has moved it stands at the oldest."""
    head, hand = guest.address_of("sieve_queue"), guest.variable("sieve_hand")
    nodes = list(guest.list_nodes(head))
    at = nodes.index(hand) if hand in nodes else 0
    return nodes[at:] + nodes[:at]


def order(name):
    """The policy's frames (as list nodes) in the order in which it looks at them."""
    if name in RINGS:
        return ring(guest.variable(RINGS[name]))
    if name in LISTS:
        return list(guest.list_nodes(guest.address_of(LISTS[name])))
    if name in RANKS:
        heads = guest.layout("rank_queues").fields["at"]
        return array_of_lists(RANKS[name], heads[1])
    if name == "sieve":
        return sieve()
    if name == "2q":
        return array_of_lists("twoq_queue", guest.symbol("twoq_queue").value().type.sizeof)
    return guest.fail(f"`ck clock` does not know how policy '{name}' keeps its frames")


class Clock(Command):
    """ck clock [N]: the hand of the replacement policy, and the N frames on each side (8).

For policies without a hand: the frames in front, in the order of their queues. Referenced and
modified are the MMU's bits in every entry that maps the frame, together with the frame's marks;
looking does not clear them."""

    NAME, USAGE, MOST = "clock", "[N]", 1

    def run(self, text="8"):
        wanted = guest.number(text)
        name, table = policy_name(), frame_table.Frames()
        nodes = order(name)
        print(f"policy {name}: {plural(len(nodes), 'frame')}")
        spaces = pages.Spaces()
        has_hand = name in RINGS or name == "sieve"
        behind = min(wanted, max(len(nodes) - wanted, 0)) if has_hand else 0
        if behind:
            for node in nodes[-behind:]:
                self.show(table, spaces, node, "")
        for i, node in enumerate(nodes[:wanted]):
            mark = ("hand" if has_hand else "first") if i == 0 else ""
            self.show(table, spaces, node, mark)

    @staticmethod
    def show(table, spaces, node, mark):
        pfn = table.of_link(node)
        if pfn is None:
            guest.fail(f"0x{node:08x} on the policy's list is the link of no frame: the list is "
                       "damaged")
        frame = table[pfn]
        bits, who = frame["flags"], []
        marks = {text: bit for bit, text in guest.enum("frame_flags").items()}
        referenced = bool(bits & marks["FRAME_REFERENCED"])
        modified = bool(bits & marks["FRAME_DIRTY"])
        for pmap, va, entry in frame_table.mappers(table, frame):
            pte = pages.physical_word(entry)
            referenced |= bool(pte & pages.ACCESSED)
            modified |= bool(pte & pages.DIRTY)
            who.append(f"{spaces.name_of_pmap(pmap)} 0x{va:08x}")
        print(f"{mark:5} frame {pfn:6}  {'referenced' if referenced else '-':10}  "
              f"{'modified' if modified else '-':8}  "
              f"{'pinned  ' if frame['pins'] else ''}{', '.join(who) or 'not mapped'}")
