"""What each epoll instance watches, and which descriptors are the watched files now."""

import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from sockscope.collect.descriptors import Descriptors
from sockscope.collect.identity import Slot
from sockscope.collect.work import Work
from sockscope.kernel import kcmp
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kernel.kinds.epoll import TargetLine, parse_targets
from sockscope.kernel.procfs import Procfs
from sockscope.model.confidence import Confidence
from sockscope.model.epoll import EpollInstance, Target, TargetStatus

FDINFO_LIMIT = 16 << 20
"""Bytes; an instance with 100,000 registrations has 8 MB of fdinfo."""
MAX_CANDIDATES = 4096
"""Descriptors on one inode that are compared one by one with a registration; sockets need only one."""


SEVERAL_FILES = frozenset({"pipe", "fifo", "tty", "char-device", "mqueue", "file"})
"""Kinds of which one inode may be open as several files (open file descriptions)."""


_FIRST = b"\ntfd:"
"""Where the registrations of an fdinfo file begin; what stands before them belongs to one descriptor."""


@dataclass(slots=True)
class _Seen:
    registrations: bytes
    """As fdinfo lists them."""
    instance: EpollInstance


class EpollCollector:
    """Read registrations and prove them, again only when something they depend on has changed."""

    def __init__(self, procfs: Procfs, known: Descriptors, work: Work) -> None:
        """Look for the watched files among the descriptors of `known`."""
        self._procfs = procfs
        self._known = known
        self._work = work
        self._seen: dict[str, _Seen] = {}
        self._watchers: dict[int | str, set[str]] = {}
        """Instances by what they wait for: the object of a watched file, its inode while it is not found."""
        self._instances: dict[str, EpollInstance] = {}

    def refresh(self, fresh: Mapping[str, bytes]) -> dict[str, EpollInstance]:
        """Describe every epoll instance by object; the same dictionary as before when none has changed.

        Args:
            fresh: fdinfo of the instances whose holders' tables were walked in this refresh.
        """
        holders = self._known.epolls
        dirty = {object_ for object_ in fresh if object_ in holders}
        touched: set[str] = set()
        for place in self._known.changed:
            touched |= self._watchers.get(place, set())
            if isinstance(place, str) and place in holders:
                dirty.add(place)
        gone = [object_ for object_ in self._known.changed if isinstance(object_, str) and object_ in self._seen]
        changes: dict[str, EpollInstance | None] = {}
        for object_ in gone:
            if object_ not in holders:
                self._forget(object_)
                changes[object_] = None
        for object_ in dirty | (touched & holders.keys()):
            instance = self._look(object_, fresh.get(object_), touched=object_ in touched)
            if instance is not self._instances.get(object_):
                changes[object_] = instance
        if changes:
            merged = self._instances | changes
            self._instances = {object_: one for object_, one in merged.items() if one is not None}
        return self._instances

    def _look(self, object_: str, raw: bytes | None, *, touched: bool) -> EpollInstance:
        """Describe one instance, as before where nothing it depends on has changed."""
        slots = list(self._known.epolls[object_])
        before = self._seen.get(object_)
        if raw is None:
            raw = self._read(slots)
        if raw is None:
            registrations, instance = b"", EpollInstance(object_, (), "its fdinfo could not be read")
        else:
            start = raw.find(_FIRST)
            registrations = raw[start:] if start >= 0 else b""
            if (
                before is not None
                and registrations == before.registrations
                and not touched
                and not before.instance.note
            ):
                return before.instance
            self._work.proven += 1
            lines = parse_targets(parse_fdinfo(registrations).lines)
            instance = EpollInstance(object_, tuple(_Prover(self._known, slots).targets(lines)))
        if before is not None and before.instance == instance:
            instance = before.instance
        self._forget(object_)
        self._seen[object_] = _Seen(registrations, instance)
        for target in instance.targets:
            self._watchers.setdefault(target.object or target.ino, set()).add(object_)
        return instance

    def _forget(self, object_: str) -> None:
        seen = self._seen.pop(object_, None)
        if seen is None:
            return
        for target in seen.instance.targets:
            place = target.object or target.ino
            watchers = self._watchers.get(place, set())
            watchers.discard(object_)
            if not watchers:
                self._watchers.pop(place, None)

    def _read(self, slots: Iterable[Slot]) -> bytes | None:
        for pid, fd in slots:
            self._work.fdinfo += 1
            try:
                return self._procfs.read(pid, f"fdinfo/{fd}", FDINFO_LIMIT)
            except OSError:
                continue
        return None


class _Prover:
    """Find the descriptors behind the registrations of one epoll instance."""

    def __init__(self, known: Descriptors, slots: list[Slot]) -> None:
        self._known = known
        self._slots = slots
        self._denied = False

    def targets(self, lines: list[TargetLine]) -> list[Target]:
        """Describe the registrations in the order of fdinfo."""
        offsets: dict[int, int] = {}
        found = []
        for line in lines:
            offset = offsets.get(line.fd, 0)
            offsets[line.fd] = offset + 1
            found.append(self._target(line, offset))
        return found

    def _target(self, line: TargetLine, offset: int) -> Target:
        self._denied = False
        holders = self._proven(self._candidates(line), line, offset)
        confidence: Confidence = "proven"
        if not holders and self._denied:
            # Without kcmp what fits by inode is likely, but may be another file on that inode.
            holders = [] if line.ino == self._known.shared_inode else list(self._candidates(line))
            confidence = "inferred" if holders else "unknown"
        found = self._known.at(holders[0]) if holders else None
        object_ = found.object if found is not None else ""
        status = self._status(line, object_, holders, confidence)
        return Target(
            line.fd, line.events, line.data, line.ino, line.dev, offset, status, object_, tuple(holders), confidence
        )  # fmt: skip

    def _proven(self, candidates: Iterable[Slot], line: TargetLine, offset: int) -> list[Slot]:
        """Keep the candidates that are the watched file.

        A socket or anonymous object is one file, so the first proof stands for all its descriptors;
        a pipe, FIFO or terminal may have several files on one inode, and each is asked about.
        """
        holders = []
        for slot in candidates:
            if self._is_watched(slot, line, offset):
                holders.append(slot)
                found = self._known.at(slot)
                if found is not None and found.kind not in SEVERAL_FILES:
                    break
        return holders

    def _status(self, line: TargetLine, object_: str, holders: list[Slot], confidence: Confidence) -> TargetStatus:
        if not holders:
            return "unknown" if confidence == "unknown" else "closed"
        for pid, _ in self._slots:
            named = self._known.at((pid, line.fd))
            if named is None or named.object != object_:
                continue
            if named.kind not in SEVERAL_FILES or (pid, line.fd) in holders:
                return "live"
        return "moved"

    def _candidates(self, line: TargetLine) -> Iterable[Slot]:
        """Yield the descriptors that may be the watched file, those with the registered number first."""
        known = self._known
        own = [slot for pid, _ in self._slots if known.at(slot := (pid, line.fd)) is not None]
        if line.ino != known.shared_inode:
            same = known.on_inode(line.ino)
            fitting = {(one.pid, one.fd) for one in same if not one.dev or not line.dev or one.dev == line.dev}
            first = [slot for slot in own if slot in fitting]
            return chain(first, sorted(fitting.difference(first))[:MAX_CANDIDATES])
        # One descriptor of each anonymous object stands for it, and is asked about only after the nearest.
        return chain(own, known.anonymous())

    def _is_watched(self, slot: Slot, line: TargetLine, offset: int) -> bool:
        """Ask the kernel whether a descriptor is the file of a registration."""
        for epoll_pid, epoll_fd in self._slots:
            try:
                return kcmp.is_registered(slot[0], slot[1], epoll_pid, epoll_fd, line.fd, offset)
            except OSError as error:
                # Anything else means that one of the two has ended or was closed: ask through the next.
                self._denied |= error.errno in {errno.EPERM, errno.EACCES, errno.ENOSYS}
        return False
