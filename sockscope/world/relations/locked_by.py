"""Who has locked the file behind a descriptor, or waits to: told at every holder, not only where the lock was set."""

from sockscope.abi.devices import device_text
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

BY_PROCESS = "/proc/locks: device, inode and pid"
BY_OPENER = "/proc/locks: device and inode; the pid is that of who set it, others may have inherited it"
BY_SLOT = "fdinfo: the open file of this descriptor has it"
BY_FILE = "/proc/locks: device and inode; it belongs to an open file, and which is not told"
BY_NUMBER = "/proc/locks: device of the file system and inode; there several files may have them"
OF_OPEN_FILES = frozenset({"FLOCK"})
"""Locks that fork(2) shares and that outlive who set them (flock(2)); POSIX locks are their process's."""
POSIX = "POSIX"


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    descriptor, answer = subject.descriptor, subject.answer
    if descriptor is None or answer is None or not descriptor.superblock:
        return ()
    device = device_text(descriptor.superblock)
    here = (lock for lock in answer.locks if (lock.get("dev"), lock.get("ino")) == (device, descriptor.ino))
    return tuple(_tie(store, descriptor, lock) for lock in here)


def _tie(store: Store, descriptor: Descriptor, lock: Fields) -> Tie:
    slots = frozenset(map(tuple, lock.get("slots", ())))
    if not slots and descriptor.superblock != descriptor.dev:
        # Where layers or subvolumes are numbered apart, the kernel's list names the whole file system.
        return Tie(confidence="unknown", evidence=BY_NUMBER, note=_set_by(lock), facts=_facts(lock))
    if slots and lock.get("type") != POSIX:
        return _told_by_holders(store, descriptor, lock, slots)
    return _told_by_pid(store, descriptor, lock)


def _set_by(lock: Fields) -> str:
    pid = lock.get("pid", -1)
    return f"set by {pid}" if pid > 0 else ""


def _told_by_holders(store: Store, descriptor: Descriptor, lock: Fields, slots: frozenset[tuple[int, ...]]) -> Tie:
    """Tie a lock with the descriptors on the open file that has it; its pid is that of who set it, maybe long gone."""
    holders = tuple(key for key in store.holders(descriptor.object) if (key.pid, key.fd) in slots)
    pid = lock.get("pid", -1)
    note = f"set by {pid}" if pid > 0 and pid not in {key.pid for key in holders} else ""
    return Tie(confidence="proven", evidence=BY_SLOT, holders=holders, note=note, facts=_facts(lock))


def _told_by_pid(store: Store, descriptor: Descriptor, lock: Fields) -> Tie:
    pid = lock.get("pid", -1)
    process = store.process(pid) if pid > 0 else None
    of_file = lock.get("type") in OF_OPEN_FILES
    return Tie(
        confidence="unknown" if pid <= 0 else "inferred" if of_file else "proven",
        evidence=BY_FILE if pid <= 0 else BY_OPENER if of_file else BY_PROCESS,
        holders=tuple(key for key in store.holders(descriptor.object) if key.pid == pid),
        processes=() if process is None else (process.key,),
        note="" if process is not None or pid <= 0 else f"{pid}, which is not shown",
        facts=_facts(lock),
    )


def _facts(lock: Fields) -> Fields:
    return {name: lock.get(name) for name in ("type", "mode", "start", "end", "blocked")}


RELATION = Relation("locked_by", "Locked by", _find, asked=True)
