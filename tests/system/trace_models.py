"""Reference models of three policies, and the check of a recorded run against one.

Written from the textbook and sharing nothing with the kernel's files. A model knows the frames that
were inserted and not removed. victim(look) says who has to go; look(frame) answers with the
referenced bit that the hand found live, and for a pinned frame with PINNED: it is passed as if it
were referenced, and nobody looks at its bit.
"""

PINNED = "pinned"


class Fifo:
    def __init__(self):
        self.queue = []  # the oldest first

    def insert(self, frame):
        self.queue.append(frame)

    def remove(self, frame):
        self.queue.remove(frame)

    def victim(self, look):
        return next(frame for frame in self.queue if look(frame, asks=False) != PINNED)


class SecondChance(Fifo):
    """The oldest; if it was referenced, it counts as new and the next oldest is asked."""

    def victim(self, look):
        while look(self.queue[0]):
            self.queue.append(self.queue.pop(0))
        return self.queue[0]


class Clock:
    """A ring and a hand; newcomers stand right behind the hand."""

    def __init__(self):
        self.ring, self.hand = [], 0

    def insert(self, frame):
        self.ring.insert(self.hand, frame)
        self.hand = (self.hand + 1) % len(self.ring)

    def remove(self, frame):
        place = self.ring.index(frame)
        del self.ring[place]
        if place < self.hand:
            self.hand -= 1
        if self.hand >= len(self.ring):
            self.hand = 0

    def victim(self, look):
        while look(self.ring[self.hand]):
            self.hand = (self.hand + 1) % len(self.ring)
        return self.ring[self.hand]


MODELS = {"fifo": Fifo, "second-chance": SecondChance, "clock": Clock}


class Disagreement(Exception):
    """Where the live run and the model part."""


def replay(lines, model):
    """Follow a live recording; returns the victims. Raises Disagreement."""
    looks, victims, pinned = [], [], None

    def look(frame, asks=True):
        if frame == pinned:
            return PINNED
        if not asks:
            return None
        if not looks:
            raise Disagreement(f"victim {len(victims)}: the kernel did not look at {frame}")
        seen, bit = looks.pop(0)
        if seen != frame:
            raise Disagreement(f"victim {len(victims)}: the kernel looked at {seen}, not {frame}")
        return bit

    for line in lines:
        words = line.split()
        if words[0] == "insert":
            model.insert(int(words[1]))
        elif words[0] == "remove":
            model.remove(int(words[1]))
        elif words[0] in ("pin", "fault"):
            pinned = int(words[1]) if words[0] == "pin" else None
        elif words[0] == "look":
            looks.append((int(words[1]), words[2] == "1"))
        elif words[0] == "evict":
            victim = model.victim(look)
            if victim != int(words[1]) or looks:
                raise Disagreement(f"victim {len(victims)} is {words[1]} live, {victim} here")
            victims.append(victim)
    return victims


def xorshift(state):
    """The random numbers of user/lib/random.h."""
    while True:
        state ^= state << 13 & 0xffffffff
        state ^= state >> 17
        state ^= state << 5 & 0xffffffff
        yield state


def pattern(name, pages, count, seed=1):
    """The pages that user/demo/pattern.c touches."""
    numbers, hot = xorshift(seed), max(pages // 5, 1)
    for i in range(count):
        if name == "scan":
            yield i % pages
        elif name == "random":
            yield next(numbers) % pages
        elif next(numbers) % 10 < 8:
            yield next(numbers) % hot
        else:
            yield hot + next(numbers) % (pages - hot)


def clock_faults(string, nframes):
    """A plain clock that begins with nothing resident."""
    ring, referenced, where, hand, faults = [], [], {}, 0, 0
    for page in string:
        if page in where:
            referenced[where[page]] = True
            continue
        faults += 1
        if len(ring) < nframes:
            where[page] = len(ring)
            ring.append(page)
            referenced.append(True)
            continue
        while referenced[hand]:
            referenced[hand] = False
            hand = (hand + 1) % nframes
        del where[ring[hand]]
        ring[hand], where[page], referenced[hand] = page, hand, True
        hand = (hand + 1) % nframes
    return faults
