"""Locks on files that somebody waits for: read only while a thread is in a call that waits for one.

The kernel's list is taken before the calls of the threads are looked at: whoever then has not run since the look before
was blocked by what the list said, all the time.
"""

from collections.abc import Iterable
from typing import NamedTuple, cast

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str
from sockscope.collect.allowance import LOOK, Allowance
from sockscope.collect.file_locks import MOST, NOT_ALL, held_at, lock_identity
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.kernel.locks import BlockedLock, parse_blocked, read_lock_list
from sockscope.kernel.procfs import Procfs
from sockscope.model.lock import LockWait
from sockscope.model.wait import ProcessWaits

WORK = LOOK.process >> 2
"""Work for reading who has what, in one look, in units of `allowance`: a quarter of it for each file. Beyond that who
has a lock on it is left open."""


class LockWaits(NamedTuple):
    """The requests for locks that are blocked."""

    waits: tuple[LockWait, ...] = ()
    notes: tuple[Clean, ...] = ()
    """That there may be others, in one sentence."""


def read_lock_waits(procfs: Procfs, known: Descriptors, waits: Iterable[ProcessWaits], work: int = WORK) -> LockWaits:
    """List the requests for locks that are blocked, at most `MOST`, with who has the lock in the way.

    Args:
        procfs: where to read.
        known: all descriptors of this look.
        waits: what threads waited for at the look before; where none waits for a lock, nothing is read.
        work: what reading descriptors may take, in units of `allowance`.
    """
    if not any(wait.manner == "lock" for said in waits for wait in said.waits):
        return LockWaits()
    held = _Holders(procfs, known, work)
    listed = read_lock_list(procfs)
    blocked = parse_blocked(listed.text, MOST + 1)
    notes = () if listed.whole and len(blocked) <= MOST else (NOT_ALL,)
    return LockWaits(tuple(_described(one, held) for one in blocked[:MOST]), notes)


class _Holders:
    """Who has which lock, asked once for each file."""

    def __init__(self, procfs: Procfs, known: Descriptors, work: int) -> None:
        self._procfs = procfs
        self._known = known
        self._each = work >> 2
        self._left = work
        self._found: dict[int, dict[tuple[object, ...], list[tuple[int, int]]]] = {}

    def of(self, blocked: BlockedLock) -> tuple[tuple[int, int], ...]:
        """Return the descriptors that list the lock in the way; none where not all could be read."""
        ino = blocked.by["ino"]
        if not isinstance(ino, int):
            return ()
        if ino not in self._found:
            slots = [(one.pid, one.fd) for one in self._known.on_inode(ino)]
            allowed = Allowance(min(self._each, self._left))
            found, asked = held_at(self._procfs, slots, allowed)
            self._left -= allowed.spent
            self._found[ino] = found if asked == len(slots) else {}
        return tuple(sorted(self._found[ino].get(lock_identity(blocked.by), ())))


def _described(blocked: BlockedLock, held: _Holders) -> LockWait:
    wanted = blocked.wanted
    return LockWait(
        type=clean_str(str(wanted["type"])),
        mode=clean_str(str(wanted["mode"])),
        waiter=cast("int", wanted["pid"]),
        device=clean_str(str(wanted["dev"])),
        ino=cast("int", wanted["ino"]),
        setter=cast("int", blocked.by["pid"]),
        held_by=held.of(blocked),
    )
