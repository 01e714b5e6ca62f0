"""Locks on files that somebody waits for: read only while a thread is in a call that waits for one.

The kernel's list is taken before the calls of the threads are looked at: whoever then has not run since the look before
was blocked by what the list said, all the time.
"""

from collections.abc import Iterable
from typing import cast

from sockscope.abi.text import clean_str
from sockscope.collect.file_locks import MOST, held_at, lock_identity
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.kernel.locks import BlockedLock, read_blocked
from sockscope.kernel.procfs import Procfs
from sockscope.model.lock import LockWait
from sockscope.model.wait import ProcessWaits

MAX_INFOS = 1024
"""Descriptors whose fdinfo is read in one look; who has a lock on a file with more is left open."""


def read_lock_waits(procfs: Procfs, known: Descriptors, waits: Iterable[ProcessWaits]) -> tuple[LockWait, ...]:
    """List the requests for locks that are blocked, at most `MOST`, with who has the lock in the way.

    Args:
        procfs: where to read.
        known: all descriptors of this look.
        waits: what threads waited for at the look before; where none waits for a lock, nothing is read.
    """
    if not any(wait.manner == "lock" for said in waits for wait in said.waits):
        return ()
    held = _Holders(procfs, known)
    return tuple(_described(one, held) for one in read_blocked(procfs, MOST))


class _Holders:
    """Who has which lock, asked once for each file."""

    def __init__(self, procfs: Procfs, known: Descriptors) -> None:
        self._procfs = procfs
        self._known = known
        self._left = MAX_INFOS
        self._found: dict[int, dict[tuple[object, ...], list[tuple[int, int]]]] = {}

    def of(self, blocked: BlockedLock) -> tuple[tuple[int, int], ...]:
        """Return the descriptors that list the lock in the way."""
        ino = blocked.by["ino"]
        if not isinstance(ino, int):
            return ()
        if ino not in self._found:
            slots = [(one.pid, one.fd) for one in self._known.on_inode(ino)]
            enough = len(slots) <= self._left
            self._left -= len(slots) if enough else 0
            self._found[ino] = held_at(self._procfs, slots) if enough else {}
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
