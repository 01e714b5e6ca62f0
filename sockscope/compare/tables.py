"""The descriptors of one process on both sides, told from each other."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from sockscope.abi.strings import Clean
from sockscope.abi.text import ours
from sockscope.compare.entry import Change, Difference
from sockscope.compare.fields import descriptor_differences
from sockscope.compare.index import Index
from sockscope.compare.meaning import meaning
from sockscope.compare.pairing import pair
from sockscope.compare.side import SeenDescriptor, SeenProcess, SeenSocket
from sockscope.kinds.registry import OWN_INODE, REOPENED
from sockscope.model.confidence import Confidence

BY_COOKIE = ours("the same cookie (SO_COOKIE), in the same process")
BY_INODE = ours("the same number, kind and inode, in the same process")
BY_MEANING = ours("for the same, in the same process")
IN_ONE_LOOK = ours("listed in one look and not in the other")


class Held(NamedTuple):
    """One descriptor with all that it is told by."""

    descriptor: SeenDescriptor
    socket: SeenSocket | None
    meaning: Clean
    by_inode: bool = False
    """Whether a socket is told by its inode, because on one side nobody has said its cookie."""

    @property
    def cookie(self) -> int:
        """Cookie of its socket, 0 where it is not known."""
        return 0 if self.socket is None else self.socket.cookie or 0

    @property
    def identity(self) -> Hashable | None:
        """What tells its object from every other while the machine runs; None where nothing does."""
        one = self.descriptor
        if one.kind == "socket":
            return ("inode", one.ino) if self.by_inode or not self.cookie else ("cookie", self.cookie)
        return (one.kind, one.ino, one.dev) if one.kind in OWN_INODE and one.ino is not None else None

    @property
    def stays(self) -> Hashable | None:
        """By what it is the same under another number as well: a socket or pipe cannot be opened once more."""
        return self.identity if self.descriptor.kind not in REOPENED else None

    @property
    def opened(self) -> Hashable | None:
        """By what it may be opened once more, or has no identity: that is no change, under whatever number."""
        if self.identity is None:
            return self.meaning
        return (self.identity, self.meaning) if self.descriptor.kind in REOPENED else None


class Told(NamedTuple):
    """One change of one descriptor."""

    change: Change
    meaning: Clean
    before: SeenDescriptor | None
    after: SeenDescriptor | None
    differences: tuple[Difference, ...] = ()
    confidence: Confidence = "inferred"
    evidence: Clean = IN_ONE_LOOK


class Tables(NamedTuple):
    """What has become of the descriptors of one process."""

    told: list[Told]
    same: int
    before: Counter[Clean]
    """How many there were for the same."""
    after: Counter[Clean]


def held(index: Index, process: SeenProcess, *, maps: bool) -> list[Held]:
    """List what a process has, by number; with `maps` also what it uses without a descriptor."""
    found = []
    for fd, one in sorted(index.table(process).items()):
        if maps or fd >= 0:
            found.append(Held(one, index.socket_of(one), meaning(index, one)))
    return found


def compare_tables(
    before: list[Held], after: list[Held], *, one_process: bool, complete: tuple[bool, bool], proves: bool
) -> Tables:
    """Tell what has become of the descriptors of a process.

    Args:
        before: what it had.
        after: what it has.
        one_process: whether it is the same process; of another that took its place, what is for the same is the same.
        complete: of either side, whether everything was read: what is not listed among the rest may be there.
        proves: whether an equal cookie proves that it is the same socket: only in one boot of one machine.
    """
    counts = (Counter(one.meaning for one in before), Counter(one.meaning for one in after))
    told: list[Told] = []
    same = 0
    if one_process:
        before, after = _by_inode_where_needed(before, after)
        kept, before, after = pair(before, after, _by_number)
        moved, before, after = pair(before, after, lambda one: one.stays)
        again, before, after = pair(before, after, lambda one: one.opened)
        told = [found for two in (*kept, *moved) if (found := _changed(*two, proves=proves)) is not None]
        same = len(kept) + len(moved) + len(again) - len(told)
    pairs, before, after = pair(before, after, lambda one: one.meaning)
    if one_process:
        told += [Told("replaced", new.meaning, old.descriptor, new.descriptor, evidence=BY_MEANING)
                 for old, new in pairs]  # fmt: skip
    else:
        same += len(pairs)
    if complete[1]:
        told += [Told("gone", one.meaning, one.descriptor, None) for one in before]
    if complete[0]:
        told += [Told("new", one.meaning, None, one.descriptor) for one in after]
    return Tables(told, same, *counts)


def _by_inode_where_needed(before: list[Held], after: list[Held]) -> tuple[list[Held], list[Held]]:
    """Tell a socket by its inode where either look has not been told its cookie."""
    sides = (before, after)
    sockets = [one for side in sides for one in side if one.descriptor.kind == "socket"]
    unsaid = {one.descriptor.ino for one in sockets if not one.cookie}
    if not unsaid:
        return sides
    marked = [[one._replace(by_inode=one.descriptor.ino in unsaid) for one in side] for side in sides]
    return marked[0], marked[1]


def _by_number(one: Held) -> Hashable:
    """By what a number leads to what it led to: where nothing tells objects apart, what is for the same is the same."""
    place = one.descriptor.fd < 0 and one.descriptor.kind != "mem"
    return one.descriptor.fd, one.descriptor.kind, None if place else one.identity or one.meaning


def _changed(before: Held, after: Held, *, proves: bool) -> Told | None:
    found = descriptor_differences(before.descriptor, after.descriptor, (before.socket, after.socket))
    if not found:
        return None
    by_cookie = before.descriptor.kind == "socket" and not before.by_inode
    return Told(
        "changed",
        before.meaning,
        before.descriptor,
        after.descriptor,
        found,
        "proven" if by_cookie and proves else "inferred",
        BY_COOKIE if by_cookie else BY_INODE,
    )


def listeners_of(found: Iterable[Held]) -> dict[tuple[Clean, Clean], SeenSocket]:
    """Sockets at which somebody listens, by protocol and address."""
    sockets = (one.socket for one in found if one.socket is not None)
    return {(one.label, one.local): one for one in sockets if one.state == "LISTEN"}
