"""What each epoll instance watches: read and proven again only where something that it rests on may have changed."""

from collections.abc import Iterable, Mapping, Set

from msgspec import Struct, field

from sockscope.abi.strings import Raw
from sockscope.abi.text import NOTHING, ours
from sockscope.collect.counters import Counters
from sockscope.collect.tables.candidates import Candidates
from sockscope.collect.tables.classes import Slot
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.collect.tables.identity import IdentityRegistry, Moved
from sockscope.collect.tables.registrations import (
    Instance,
    Prover,
    RegistrationGoneError,
    key_of,
)
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kernel.procfs import Procfs
from sockscope.kinds.epoll import parse_targets
from sockscope.model.epoll import EpollInstance, Target

FDINFO_LIMIT = 16 << 20
"""Bytes; an instance with 100,000 registrations has 8 MB of fdinfo."""
READINGS = 3
"""Times that registrations are read and proven before they are taken as they are: someone may be changing them."""

_FIRST = b"\ntfd:"
"""Where the registrations of an fdinfo file begin; what stands before them belongs to one descriptor."""
_Place = int | str


class _Seen(Struct):
    registrations: Raw
    """As fdinfo lists them."""
    instance: EpollInstance
    places: dict[_Place, list[int]] = field(default_factory=dict)
    """Positions of the targets that wait for an object or inode."""
    loose: list[int] = field(default_factory=list)
    """Positions of the targets that may be other files although their lines are the same: all but sockets."""

    def touched(self, news: "_News", slots: Iterable[Slot]) -> list[int]:
        """List the positions of the targets that have to be proven again."""
        found = {position for place in self.places.keys() & news.places for position in self.places[place]}
        if any(pid in news.walked for pid, _ in slots):
            found.update(self.loose)
        if news.completed:
            found.update(position for position, one in enumerate(self.instance.targets) if one.confidence == "unknown")
        return sorted(found)


class _News(Struct):
    """What may be different since the refresh before."""

    walked: Set[int]
    """Processes whose tables were walked."""
    completed: bool = False
    """Whether everything has been read now, and had not been the last time: what nobody held then nobody may hold."""
    places: set[_Place] = field(default_factory=set)
    """Objects and inodes whose descriptors came, went, or may be other files under their old numbers."""


class EpollCollector:
    """Read registrations and prove them, again only when something they depend on has changed."""

    def __init__(self, procfs: Procfs, known: Descriptors, registry: IdentityRegistry, counters: Counters) -> None:
        """Look for the watched files among the descriptors of `known`, those on the shared inode in `registry`."""
        self._procfs = procfs
        self._known = known
        self._registry = registry
        self._counters = counters
        self._seen: dict[str, _Seen] = {}
        self._watchers: dict[_Place, set[str]] = {}
        """Instances by what they wait for: the object of a watched file on the shared inode, else its inode."""
        self._instances: dict[str, EpollInstance] = {}
        self._whole = True
        self._left: dict[str, int] = {}
        """Instances with registrations that were left for a later look, with the position of the first of these."""

    def refresh(
        self, fresh: Mapping[str, Raw], walked: Iterable[int], moved: Moved, *, whole: bool = True
    ) -> dict[str, EpollInstance]:
        """Describe every epoll instance by object; the same dictionary as before when none has changed.

        Args:
            fresh: fdinfo of the instances whose holders' tables were walked in this refresh.
            walked: processes whose tables were walked.
            moved: who of some processes may have changed its table since.
            whole: whether all tables that may be read have been: else nobody can be said to hold nothing.
        """
        holders, news = self._known.epolls, _News(frozenset(walked), completed=whole and not self._whole)
        self._whole = whole
        news.places = self._touched(news.walked)
        again = {object_ for object_ in fresh if object_ in holders}
        if news.completed:
            again |= {object_ for object_, one in self._instances.items() if _has_unknown(one)}
        for place in news.places:
            again |= self._watchers.get(place, set())
        self._left = {object_: position for object_, position in self._left.items() if object_ in holders}
        again |= self._left.keys()
        again.update(place for place in self._known.changed if isinstance(place, str) and place in holders)
        changes: dict[str, EpollInstance | None] = {}
        for object_ in [object_ for object_ in self._known.changed if object_ in self._seen]:
            if isinstance(object_, str) and object_ not in holders:
                self._forget(object_)
                changes[object_] = None
        candidates = Candidates(self._known, self._registry, self._counters, moved, whole=whole)
        for object_ in again & holders.keys():
            instance = self._look(object_, fresh.get(object_), news, candidates)
            if instance is not self._instances.get(object_):
                changes[object_] = instance
        if changes:
            merged = self._instances | changes
            self._instances = {object_: one for object_, one in merged.items() if one is not None}
        return self._instances

    def _touched(self, walked: Iterable[int]) -> set[_Place]:
        """List the watched places at which something may be different.

        Who has run may have put another file at a number whose inode, or whose object, is called as before. A socket
        is one file, and its inode is its own.
        """
        touched: set[_Place] = set(self._known.changed)
        if not self._watchers:
            return touched
        for pid in walked:
            for descriptor in self._known.table(pid):
                if descriptor.kind == "socket":
                    continue
                touched.add(self._known.place(descriptor))
                touched.add(descriptor.ino)
        return touched

    def _look(self, object_: str, raw: Raw | None, news: _News, candidates: Candidates) -> EpollInstance:
        """Describe one instance, as before where nothing it depends on has changed."""
        slots = list(self._known.epolls[object_])
        before = self._seen.get(object_)
        if raw is None:
            raw = self._read(slots)
        if raw is None:
            return self._enter(Raw(), EpollInstance(object_, (), ours("its fdinfo could not be read")), before)
        registrations = _registrations(raw)
        if before is not None and registrations == before.registrations and not before.instance.note:
            kept = self._keep(before, slots, news, candidates)
            if kept is not None:
                return kept
        registrations, targets, left = self._prove(object_, slots, registrations, before, news, candidates)
        note = ours("{} of its registrations were left for a later look", left) if left else NOTHING
        return self._enter(registrations, EpollInstance(object_, targets, note), before)

    def _keep(self, before: _Seen, slots: list[Slot], news: _News, candidates: Candidates) -> EpollInstance | None:
        """Prove again what news has touched of an instance that watches what it watched; None where that is not so."""
        if before.instance.object in self._known.changed:
            return None
        touched = before.touched(news, slots)
        if not touched:
            return before.instance
        targets = list(before.instance.targets)
        prover = self._prover(slots, [targets[position] for position in touched], news, candidates)
        try:
            for position in touched:
                targets[position] = prover.again(targets[position])
        except RegistrationGoneError:
            return None
        now = self._read(slots) if prover.asked else None
        if (now is not None and _registrations(now) != before.registrations) or prover.missed or prover.left:
            return None
        return self._enter(before.registrations, EpollInstance(before.instance.object, tuple(targets)), before)

    def _enter(self, registrations: Raw, instance: EpollInstance, before: _Seen | None) -> EpollInstance:
        """Remember an instance, and what it waits for."""
        if before is not None and before.instance == instance and before.registrations == registrations:
            return before.instance
        self._forget(instance.object)
        seen = self._seen[instance.object] = _Seen(registrations, instance)
        for position, target in enumerate(instance.targets):
            seen.places.setdefault(self._waits_for(target), []).append(position)
            if not self._is_socket(target):
                seen.loose.append(position)
        for place in seen.places:
            self._watchers.setdefault(place, set()).add(instance.object)
        return instance

    def _is_socket(self, target: Target) -> bool:
        found = self._known.at(target.held_by[0]) if target.held_by else None
        return found is not None and found.kind == "socket"

    def _prove(
        self,
        object_: str,
        slots: list[Slot],
        registrations: Raw,
        before: _Seen | None,
        news: _News,
        candidates: Candidates,
    ) -> tuple[Raw, tuple[Target, ...], int]:
        """Prove registrations, again where they have changed while that was done, and count those that were left."""
        targets: tuple[Target, ...] = ()
        left = 0
        for _ in range(READINGS):
            prover = self._prover(slots, before.instance.targets if before else (), news, candidates)
            targets = prover.targets(parse_targets(parse_fdinfo(registrations).lines), self._left.get(object_, 0))
            left = prover.left
            now = self._read(slots) if prover.asked else None
            as_before = now is None or _registrations(now) == registrations
            if as_before and not (prover.missed and not candidates.stand()):
                break
            registrations = registrations if now is None else _registrations(now)
        self._left.pop(object_, None)
        if left:
            self._left[object_] = prover.next
        return registrations, targets, left

    def _prover(self, slots: list[Slot], before: Iterable[Target], news: _News, candidates: Candidates) -> Prover:
        self._counters.proven += 1
        known = {key_of(one): one for one in before}
        return Prover(Instance(slots, news.walked), candidates, known, news.places)

    def _waits_for(self, target: Target) -> _Place:
        return target.object if target.object and target.ino == self._known.shared_inode else target.ino

    def _forget(self, object_: str) -> None:
        seen = self._seen.pop(object_, None)
        if seen is None:
            return
        for place in seen.places:
            watchers = self._watchers.get(place, set())
            watchers.discard(object_)
            if not watchers:
                self._watchers.pop(place, None)

    def _read(self, slots: Iterable[Slot]) -> Raw | None:
        for pid, fd in slots:
            self._counters.fdinfo += 1
            try:
                return self._procfs.fdinfo(pid, fd, FDINFO_LIMIT)
            except OSError:
                continue
        return None


def _has_unknown(instance: EpollInstance) -> bool:
    return any(target.confidence == "unknown" for target in instance.targets)


def _registrations(raw: Raw) -> Raw:
    start = raw.find(_FIRST)
    return raw[start:] if start >= 0 else Raw()
