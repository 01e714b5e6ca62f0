"""Open files as classes of descriptors, kept in an order: who is one with whom, and what that is called."""

from collections.abc import Collection, Iterator
from itertools import count

from msgspec import Struct, field

Slot = tuple[int, int]
"""(pid, fd)."""


class Class(Struct, eq=False):
    """The descriptors of one open file."""

    object: str
    members: dict[Slot, None] = field(default_factory=dict)
    unsure: bool = False
    """It stands where it stood before, and whether that is right has to be asked."""

    @property
    def first(self) -> Slot:
        """The member that stands for all."""
        return next(iter(self.members))


class SortedClasses:
    """Classes by kind, each kind in order. Whoever enters something knows where it belongs.

    A kind may be one of a number that the kernel gives to one living object at a time, see `numbered`.
    """

    def __init__(self) -> None:
        """Start without any class."""
        self._orders: dict[str, list[Class]] = {}
        """May have classes that have lost their members, until `tidy`."""
        self._of: dict[Slot, tuple[str, Class]] = {}
        self._slots: dict[int, dict[Slot, None]] = {}
        self._named: dict[str, Class] = {}
        self._before: dict[Slot, tuple[str, str]] = {}
        """Kind and object of descriptors that have left, for as long as they may come back."""
        self._kept_names: set[str] = set()
        """Names of what is shown as it was, and has left all the same."""
        self._thinned: set[str] = set()
        """Kinds with classes that have lost their last member."""
        self._numbers = count(1)

    def object(self, slot: Slot) -> str:
        """Return the object that a descriptor leads to, "" for none."""
        known = self._of.get(slot)
        return known[1].object if known is not None else ""

    def kind(self, slot: Slot) -> str:
        """Return the kind that a descriptor was entered as, also if it has left; "" for none."""
        known = self._of.get(slot)
        return known[0] if known is not None else self._before.get(slot, ("", ""))[0]

    def fellows(self, slot: Slot) -> Collection[Slot]:
        """List the descriptors of the object that one leads to, itself among them; empty where that is not known."""
        known = self._of.get(slot)
        return known[1].members if known is not None else ()

    def shared(self, slot: Slot) -> bool:
        """Tell whether others lead to the object of a descriptor."""
        return len(self.fellows(slot)) > 1

    def spare_name(self, slot: Slot) -> str:
        """Return the name of a descriptor's object from before it left, if no other has it; else ""."""
        _, name = self._before.get(slot, ("", ""))
        if not name or name in self._named or name in self._kept_names:
            return ""
        self._kept_names.add(name)
        return name

    def objects(self, kind: str) -> list[tuple[str, Slot]]:
        """List the objects of a kind in their order, each with one descriptor that leads to it."""
        return [(group.object, group.first) for group in self._orders.get(kind, ()) if group.members]

    def kinds(self) -> list[str]:
        """List the kinds that have objects."""
        return [kind for kind, groups in self._orders.items() if any(group.members for group in groups)]

    def orders(self) -> Iterator[tuple[str, list[Slot]]]:
        """Yield each kind with a descriptor of each object in order, without those of numbers."""
        for kind, groups in self._orders.items():
            if not is_numbered(kind):
                yield kind, [group.first for group in groups if group.members]

    def is_ordered(self, slot: Slot) -> bool:
        """Tell whether the object of a descriptor is among `orders`."""
        known = self._of.get(slot)
        return known is not None and not is_numbered(known[0])

    def sorted(self) -> dict[str, list[list[Slot]]]:
        """Return the descriptors of each object, in their order, by kind."""
        return {
            kind: [list(group.members) for group in groups if group.members] for kind, groups in self._orders.items()
        }

    def found(self, kind: str, position: int, slot: Slot) -> Class:
        """Make a class for a descriptor, at a position of the order of its kind."""
        group = Class(self._name(kind, slot))
        self._named[group.object] = group
        self._orders.setdefault(kind, []).insert(position, group)
        self.enter(kind, group, slot)
        return group

    def enter(self, kind: str, group: Class, slot: Slot) -> None:
        """Make a descriptor a member of a class."""
        group.members[slot] = None
        self._of[slot] = (kind, group)
        self._slots.setdefault(slot[0], {})[slot] = None
        self._before.pop(slot, None)

    def take_out(self, slot: Slot) -> None:
        """Let a descriptor leave its class, if it has one; what it was called is remembered until `tidy`."""
        known = self._of.pop(slot, None)
        if known is None:
            return
        kind, group = known
        self._before[slot] = (kind, group.object)
        del group.members[slot]
        if not group.members:
            self._named.pop(group.object, None)
            self._thinned.add(kind)
        slots = self._slots[slot[0]]
        del slots[slot]
        if not slots:
            del self._slots[slot[0]]

    def tidy(self, asked: Collection[Slot]) -> None:
        """Let go of classes without members, and of names that none of those who were `asked` about come back to."""
        for kind in self._thinned:
            left = [group for group in self._orders.get(kind, ()) if group.members]
            if left:
                self._orders[kind] = left
            else:
                self._orders.pop(kind, None)
        self._thinned.clear()
        self._before = {slot: was for slot, was in self._before.items() if slot in asked or was[1] in self._kept_names}

    def _name(self, kind: str, slot: Slot) -> str:
        """Name a new class: as before, if it may be what was there before and no other is called so."""
        was, name = self._before.get(slot, ("", ""))
        if was == kind and name not in self._named and name not in self._kept_names:
            return name
        if is_numbered(kind) and kind not in self._named and kind not in self._kept_names:
            return kind
        return f"{kind}.{next(self._numbers)}" if is_numbered(kind) else f"{kind}:{next(self._numbers)}"


def numbered(kind: str, number: int) -> str:
    """Return the kind of what the kernel gives this number: one object at a time, so mostly one in a look."""
    return f"{kind}-id:{number}"


def is_numbered(kind: str) -> bool:
    """Tell whether a kind was made by `numbered`."""
    return ":" in kind
