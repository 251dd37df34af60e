"""`ck clock`: what the replacement policy would look at next."""

from __future__ import annotations

from . import frames as frame_table
from . import guest, pages
from .command import Command, plural

# What a policy's own names begin with, where that is not its name.
PREFIXES = {"enhanced-clock": "enhanced", "second-chance": "second_chance", "2q": "twoq",
            "lfu-nodecay": "lfu"}


def policy_name() -> str:
    pointer = guest.variable("policy_now")
    if pointer == 0:
        guest.fail("no replacement policy is in force yet: `hbreak first_run`, `continue`")
    return guest.string(guest.record("policy_ops", pointer)["name"])


def sets() -> list[tuple[int, int]]:
    """Where the policy keeps its notes: (number, address) of each set of frames."""
    found = guest.kernel().lookup_static_symbol("policy_sets")
    shape, start = guest.layout("policy_set"), int(found.value().address)
    pointers = [guest.word(start + 4 * i) for i in range(guest.variable("policy_sets_end"))]
    states = [pointer and guest.word(pointer + shape.fields["state"][0]) for pointer in pointers]
    return [(i, state) for i, state in enumerate(states) if state]


def part(prefix: str, notes: int, field: str) -> tuple[int, int] | None:
    """(address, bytes) of one of the policy's notes, or None: it has none of that name."""
    found = guest.layout(f"{prefix}_set").fields.get(field)
    return found and (notes + found[0], found[1])


def lists(place: tuple[int, int], shape: str = "list_node") -> list[int]:
    """The nodes of an array of lists, the first list's first. Each begins with its head."""
    step = guest.layout(shape).size
    return [node for head in range(place[0], place[0] + place[1], step)
            for node in guest.list_nodes(head)]


def turned(nodes: list[int], hand: int) -> list[int]:
    """A list with the hand's node in front; before the hand has moved it stands at the oldest."""
    at = nodes.index(hand) if hand in nodes else 0
    return nodes[at:] + nodes[:at]


def order_of(name: str, notes: int) -> tuple[list[int], bool]:
    """(frames of one set in the order in which the policy looks at them, has it a hand?)

    A ring's hand, lists whose front goes first, or both: frames as list nodes.
    """
    prefix = PREFIXES.get(name, name)
    hand, queues = part(prefix, notes, "hand"), part(prefix, notes, "queues")
    ring = part(prefix, notes, "ring")
    if ring:
        hand = (ring[0] + guest.layout("policy_ring").fields["hand"][0], None)
    queue = part(prefix, notes, "queue")
    if queues:
        offset, size, _ = guest.layout("rank_queues").fields["at"]
        return lists((queues[0] + offset, size)), False
    if queue:
        nodes = lists(queue, "policy_queue")
        return (turned(nodes, guest.word(hand[0])), True) if hand else (nodes, False)
    if not hand:
        guest.fail(f"`ck clock` does not know how policy '{name}' keeps its frames")
    first = guest.word(hand[0])
    return ([first, *guest.list_nodes(first)] if first else []), True


def order(name: str) -> list[int]:
    """The frames of all sets, as list nodes."""
    return [node for _, notes in sets() for node in order_of(name, notes)[0]]


class Clock(Command):
    """ck clock [N]: the hand of the replacement policy, and the N frames on each side (8).

For policies without a hand: the frames in front, in the order of their queues. Referenced and
modified are the MMU's bits in every entry that maps the frame, together with the frame's marks;
looking does not clear them."""

    NAME, USAGE, MOST = "clock", "[N]", 1

    def run(self, text: str = "8") -> None:
        wanted = guest.number(text)
        name, table = policy_name(), frame_table.Frames()
        spaces = pages.Spaces()
        known = [(number, *order_of(name, notes)) for number, notes in sets()]
        known = [entry for entry in known if entry[1]] or known[:1]
        for number, nodes, has_hand in known:
            which = f", set {number}" if len(known) > 1 else ""
            print(f"policy {name}{which}: {plural(len(nodes), 'frame')}")
            self.show_set(table, spaces, nodes, has_hand, wanted)

    def show_set(self, table: frame_table.Frames, spaces: pages.Spaces, nodes: list[int],
                 has_hand: bool, wanted: int) -> None:
        behind = min(wanted, max(len(nodes) - wanted, 0)) if has_hand else 0
        if behind:
            for node in nodes[-behind:]:
                self.show(table, spaces, node, "")
        for i, node in enumerate(nodes[:wanted]):
            mark = ("hand" if has_hand else "first") if i == 0 else ""
            self.show(table, spaces, node, mark)

    @staticmethod
    def show(table: frame_table.Frames, spaces: pages.Spaces, node: int, mark: str) -> None:
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
