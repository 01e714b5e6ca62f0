"""How much work one process, and one user with all of his, may cause in one look; the rest waits for the next look.

And how much of what is kept: a list such as the watches of an inotify instance comes with each descriptor of it.

Counted is what a look does and the other side controls: links, files of procfs and the lines in them, comparisons. A
user may open one file with a hundred thousand locks ten thousand times; fdinfo then has a thousand million lines.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import ours

LINK = 1
"""Reading the link of a descriptor, and keeping what it says."""
READ = 4
"""Opening and reading a file of procfs; each line in it is one more."""
PLACED = 8
"""Placing a descriptor that only kcmp(2) tells apart: a search among all that there are."""


class Bounds(NamedTuple):
    """Most work in one look."""

    process: int
    user: int
    """Of all processes of one user."""
    least: int
    """What a process has even so, where its user has used up his share: many times what most processes need."""


LOOK = Bounds(1 << 17, 1 << 19, 1 << 12)
"""Of looks that follow each other: half a second for a process; a table of 100,000 sockets is read in one."""
ONLY_LOOK = Bounds(1 << 21, 1 << 23, 1 << 14)
"""Of a look that no other follows."""
KEPT = Bounds(1 << 15, 1 << 18, 1 << 8)
"""Entries of lists that are kept, of however many looks: 200 MB for a user who has all of it."""


class Allowance:
    """What is left for one process."""

    __slots__ = ("dropped", "kept", "most", "room", "spent")

    def __init__(self, work: int, room: int = KEPT.process, kept: int = 0, dropped: int = 0) -> None:
        """Allow so much work, and so many entries of lists; some are there already, and some found no room."""
        self.most = work
        """What may be done; the piece that reaches it is the last."""
        self.spent = 0
        """What was done."""
        self.room = room
        self.kept = kept
        self.dropped = dropped
        """Lists that found no room."""

    def keep(self, entries: int) -> bool:
        """Tell whether there is room for a list, and count it."""
        if self.kept + entries > self.room:
            self.dropped += 1
            return False
        self.kept += entries
        return True

    def spend(self, work: int) -> None:
        """Count some work that was done."""
        self.spent += work

    def read(self, text: Raw) -> Raw:
        """Count a file of procfs that was read, and return it."""
        self.spent += READ + text.count(b"\n")
        return text


class Accounts(NamedTuple):
    """What was spent and kept in one look, for another process to add to its own."""

    spent: dict[int, int]
    """Work by user."""
    kept: dict[int, tuple[int, int, int]]
    """Of each process that has any: its user, entries of lists, and lists that found no room."""


class Budget:
    """Hand out allowances, look after look."""

    def __init__(self, bounds: Bounds = LOOK) -> None:
        """Keep every look within `bounds`."""
        self._bounds = bounds
        self._parts = 1
        self._spent: dict[int, int] = {}
        self._kept: dict[int, tuple[int, int, int]] = {}
        """Of each process that has any: its user, entries of lists, and lists that found no room."""
        self._kept_of: dict[int, int] = {}
        """Entries by user."""
        self.work = 0
        """All that was spent in this look."""

    def begin(self) -> None:
        """Start a look."""
        self._spent.clear()
        self.work = 0

    def part(self, parts: int) -> None:
        """Share with others, `parts` in all, what users may cause; 1 to share no longer.

        Each has room for what one process may cause: who has it is not left out because others read little.
        """
        self._parts = parts

    @property
    def accounts(self) -> Accounts:
        """What was spent and kept in this look."""
        return Accounts(self._spent, self._kept)

    def adopt(self, accounts: Accounts) -> None:
        """Add what another process has spent and kept in this look, for processes that this one has not read."""
        for uid, spent in accounts.spent.items():
            self._spent[uid] = self._spent.get(uid, 0) + spent
            self.work += spent
        for pid, (uid, kept, dropped) in accounts.kept.items():
            self.forget([pid])
            self._kept[pid] = uid, kept, dropped
            self._kept_of[uid] = self._kept_of.get(uid, 0) + kept

    def allow(self, uid: int, pid: int = 0, *, goes_on: bool = False) -> Allowance:
        """Return what a process of a user may cause; where its last walk `goes_on`, what that has kept is there."""
        bounds = self._bounds
        share = self._of_user(bounds) - self._spent.get(uid, 0)
        _, had, dropped = self._kept.get(pid, (uid, 0, 0))
        room = self._of_user(KEPT) - self._kept_of.get(uid, 0) + had
        return Allowance(
            min(bounds.process, max(bounds.least, share)),
            min(KEPT.process, max(KEPT.least, room)),
            *((had, dropped) if goes_on else (0, 0)),
        )

    def _of_user(self, bounds: Bounds) -> int:
        return bounds.user if self._parts == 1 else max(bounds.process, bounds.user // self._parts)

    def settle(self, uid: int, allowed: Allowance, pid: int = 0) -> None:
        """Take what has been spent of an allowance from the share of the user."""
        self._spent[uid] = self._spent.get(uid, 0) + allowed.spent
        self.work += allowed.spent
        self.forget([pid])
        if allowed.kept or allowed.dropped:
            self._kept[pid] = uid, allowed.kept, allowed.dropped
            self._kept_of[uid] = self._kept_of.get(uid, 0) + allowed.kept

    def forget(self, pids: Iterable[int]) -> None:
        """Give back the room of processes that have ended."""
        for pid in pids:
            uid, kept, _ = self._kept.pop(pid, (0, 0, 0))
            if kept:
                self._kept_of[uid] -= kept

    @property
    def notes(self) -> tuple[Clean, ...]:
        """Say what found no room, in one sentence."""
        dropped = sum(one for _, _, one in self._kept.values())
        if not dropped:
            return ()
        which = ours("1 descriptor") if dropped == 1 else ours("{:,} descriptors", dropped)
        return (ours("what {} of inotify or fanotify watch is not listed: there is too much of it", which),)
