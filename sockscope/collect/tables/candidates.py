"""Descriptors among which the files that epolls watch are looked for: put together and sorted once in a refresh."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cmp_to_key
from itertools import islice
from typing import NamedTuple

from sockscope.collect.counters import Counters
from sockscope.collect.tables.classes import Slot
from sockscope.collect.tables.compared import HIGHER, LOWER
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.collect.tables.identity import ROUNDS, IdentityRegistry, Moved
from sockscope.kernel import kcmp
from sockscope.kinds.registry import REOPENED

MAX_CANDIDATES = 4096
"""Descriptors on one inode that are compared with a registration; sockets need only one."""
SCANS = 3
"""Registrations for which the descriptors on an inode are gone through one by one, before these are sorted."""
MAX_LOOSE = 256
"""Descriptors of running processes that are asked about one by one, for each registration that nobody seems to hold."""
MAX_HELD = 256
"""Descriptors of one watched file that are named: n of them, each registered, would be n² to name."""
_SIGNS = {0: 0, LOWER: -1, HIGHER: 1}

Inode = tuple[int, int]
"""Inode, and device of its file system as epoll names it (`sdev`), 0 unknown: inodes count from the start in each."""
Order = Callable[[Slot], int | None]
"""How a descriptor sorts against the watched file: 0 it is the file, 1 lower, 2 higher, None it cannot be asked."""


class _List:
    """Descriptors in the order of their open files, one of each file, and those that are not to be sorted."""

    def __init__(self, firsts: list[Slot], of: dict[Slot, dict[Slot, None]], loose: list[Slot]) -> None:
        self.firsts = firsts
        self.of = of
        """All of a file, by the one that stands for it, where there is more than one."""
        self.loose = loose

    def find(self, order: Order, near: Iterable[Slot] = (), *, several: bool = True) -> list[Slot]:
        """Return descriptors of a file, those that are `near` first; of one that is one object, one does."""
        first = _search(self.firsts, order)
        if first is not None and not several:
            return [first]
        found = {} if first is None else self.of.get(first, {first: None})
        loose = dict.fromkeys(slot for slot in self.loose[:MAX_LOOSE] if order(slot) == 0)
        return [*_held(found, near), *loose] if found else _held(loose, near)

    def pids(self) -> set[int]:
        return {pid for pid, _ in self.firsts}

    def loosen(self, gone: Collection[int]) -> None:
        """Take out of the order those who have moved: where they lead has to be asked."""
        moved = [slot for slot in self.firsts if slot[0] in gone]
        self.firsts = [slot for slot in self.firsts if slot[0] not in gone]
        self.loose += [one for slot in moved for one in self.of.pop(slot, {slot: None})]


class Fitting(NamedTuple):
    """Descriptors that may be what is watched on an inode, as far as their inodes tell."""

    slots: list[Slot]
    """In order, `MAX_CANDIDATES` at the most."""
    several: bool
    """Whether they may be several files: one is enough, as what came to a number meanwhile only seems to fit."""
    crowded: bool
    """Whether there are more."""


class Candidates:
    """Descriptors among which watched files are looked for in one refresh.

    An inode is gone through one by one a few times, and sorted when it is asked about more often. A sorted list tells
    what is not in it only if nobody in it has moved since it was sorted: see `stand`.
    """

    def __init__(
        self, known: Descriptors, registry: IdentityRegistry, counters: Counters, moved: Moved, *, whole: bool = True
    ) -> None:
        """Look among `known`, which is the `whole` machine or what was read of it so far.

        `registry` has what is on the shared inode sorted, and `moved` says who did not stay.
        """
        self.known = known
        self.counters = counters
        self._registry = registry
        self._moved = moved
        self.whole = whole
        """Whether nothing was left that a watched file could be found among."""
        self._scans: dict[Inode, int] = {}
        self._lists: dict[Inode | str, _List] = {}
        self._loose: list[Slot] | None = None
        self._fitting: dict[Inode, Fitting] = {}

    def fits(self, slot: Slot, inode: Inode) -> bool:
        """Tell whether a descriptor may be what is watched on an inode."""
        found, (ino, dev) = self.known.at(slot), inode
        if found is None or found.ino != ino:
            return False
        return not found.superblock or not dev or found.superblock == dev

    def fitting(self, inode: Inode) -> Fitting:
        """Return the descriptors that may be what is watched on an inode, put together once."""
        if inode not in self._fitting:
            same = ((one.pid, one.fd) for one in self.known.on_inode(inode[0]))
            slots = sorted(slot for slot in same if self.fits(slot, inode))
            few = slots[:MAX_CANDIDATES]
            self._fitting[inode] = Fitting(few, any(map(self.is_reopened, few)), len(few) < len(slots))
        return self._fitting[inode]

    def is_reopened(self, slot: Slot) -> bool:
        """Tell whether what a descriptor leads to may have been opened several times."""
        found = self.known.at(slot)
        return found is not None and found.kind in REOPENED and found.ino != self.known.shared_inode

    def on_shared_inode(self, order: Order) -> list[Slot]:
        """Return a descriptor of the watched file, on the inode of all anonymous files; empty where there is none."""
        if self._loose is None:
            self._lists |= {
                kind: _List(slots, {}, []) for kind, slots in self._registry.orders() if self._is_shared(slots)
            }
            self._loose = [slot for slot in self.known.anonymous() if not self._registry.is_ordered(slot)]
        for kind, one in self._lists.items():
            if isinstance(kind, str) and (found := one.find(order, several=False)):
                return found
        return self.on_inode((self.known.shared_inode, 0), self._loose, order, several=False)

    def _is_shared(self, slots: Sequence[Slot]) -> bool:
        """Tell whether the objects of a kind sit on the shared inode: an open device or terminal has one of its own."""
        first = self.known.at(slots[0]) if slots else None
        return first is not None and first.ino == self.known.shared_inode

    def on_inode(
        self, inode: Inode, slots: Sequence[Slot], order: Order, near: Iterable[Slot] = (), *, several: bool
    ) -> list[Slot]:
        """Return descriptors of the watched file among those on an inode; one if there cannot be `several` files."""
        scans = self._scans.get(inode, 0)
        if scans < SCANS:
            self._scans[inode] = scans + 1
            found = (slot for slot in slots if order(slot) == 0)
            return _held(dict.fromkeys(found), near) if several else list(islice(found, 1))
        if inode not in self._lists:
            self._lists[inode] = self._sort(slots)
        return self._lists[inode].find(order, near, several=several)

    def stand(self) -> bool:
        """Tell whether nobody in a sorted list has moved; those who have are asked one by one from now on."""
        gone = self._moved(set().union(*(one.pids() for one in self._lists.values())))
        for one in self._lists.values():
            one.loosen(gone)
        return not gone

    @property
    def settled(self) -> bool:
        """Whether what nobody has been found to hold is held by nobody: not where too many cannot be sorted."""
        return all(len(one.loose) <= MAX_LOOSE for one in self._lists.values())

    def _sort(self, slots: Iterable[Slot]) -> _List:
        left, loose = list(filter(can_be_compared, slots)), list[Slot]()
        for _ in range(ROUNDS):
            left.sort(key=cmp_to_key(self._compare))
            gone = self._moved({pid for pid, _ in left})
            loose += [slot for slot in left if slot[0] in gone]
            left = [slot for slot in left if slot[0] not in gone]
            if not gone:
                break
        return self._grouped(left, loose)

    def _grouped(self, slots: Iterable[Slot], loose: list[Slot]) -> _List:
        firsts, of = list[Slot](), dict[Slot, dict[Slot, None]]()
        for slot in slots:
            if firsts and self._compare(firsts[-1], slot) == 0:
                of.setdefault(firsts[-1], {firsts[-1]: None})[slot] = None
            else:
                firsts.append(slot)
        return _List(firsts, of, loose)

    def _compare(self, one: Slot, other: Slot) -> int:
        """Order two descriptors for `sort`; one that was closed meanwhile may stand anywhere: it has moved."""
        self.counters.asked += 1
        try:
            return _SIGNS.get(kcmp.compare_files(*one, *other), -1)
        except OSError:
            return -1


def can_be_compared(slot: Slot) -> bool:
    """Tell whether kcmp may be asked about a descriptor, and it is open."""
    try:
        return kcmp.compare_files(*slot, *slot) == 0
    except OSError:
        return False


def _held(found: Mapping[Slot, None], near: Iterable[Slot]) -> list[Slot]:
    """List some descriptors, those that are `near` first, and `MAX_HELD` at the most."""
    first = [slot for slot in near if slot in found]
    return list(dict.fromkeys([*first, *islice(found, MAX_HELD)]))[:MAX_HELD]


def _search(slots: list[Slot], order: Order) -> Slot | None:
    """Find the watched file in a sorted list; what cannot be asked any more leaves it."""
    low, high = 0, len(slots)
    while low < high:
        middle = (low + high) // 2
        answer = order(slots[middle])
        if answer is None:
            del slots[middle]
            high -= 1
        elif answer == 0:
            return slots[middle]
        elif answer == LOWER:
            low = middle + 1
        else:
            high = middle
    return None
