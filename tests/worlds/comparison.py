"""What is known of a world, held against its truth: a line for each thing that does not fit."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.world import World as Known
from tests.worlds.actor import CHANNELS
from tests.worlds.model import Epoll, Model, Place, Row, Socket, Thing
from tests.worlds.truth import Places, Truth

SHUT = {"receive": 1, "send": 2}
HALF_CLOSED = {"receive": "CLOSE_WAIT", "send": "FIN_WAIT2"}
UNACKNOWLEDGED = {"FIN_WAIT1": "FIN_WAIT2"}
"""TCP may let an acknowledgement wait for 40 ms (`TCP_DELACK_MIN`), that of the end as well."""
READ = frozenset({"pipe", "fifo", "socket", "file", "directory", "memfd", "tty", "pty-master", "char-device"})
"""Kinds whose access mode the model keeps account of."""


def compare(model: Model, known: Known) -> list[str]:
    """Say what does not fit."""
    return list(_Comparison(Truth(model), known).lines())


class _Comparison:
    def __init__(self, truth: Truth, known: Known) -> None:
        self.truth = truth
        self.known = known
        self.found: dict[Place, Descriptor] = {
            (one.pid, one.fd): one
            for pid in truth.rows
            if (process := known.process(pid)) is not None
            for one in known.tables.get(process.key, {}).values()
            if one.fd < CHANNELS
        }

    def lines(self) -> Iterator[str]:
        for row in self.truth.rows.values():
            yield from self.process(row)
        for place in sorted(self.truth.places.keys() ^ self.found.keys()):
            yield f"descriptor {place}: {'not seen' if place in self.truth.places else 'not there'}"
        both = sorted(self.truth.places.keys() & self.found.keys())
        for place in both:
            yield from self.descriptor(place)
            yield from self.surroundings(place)
        yield from self.partition(both)
        for thing in self.truth.of_thing:
            if isinstance(thing, Epoll):
                yield from self.epoll(thing)
            if isinstance(thing, Socket):
                yield from self.socket(thing)

    def same(self, what: str, found: Any, expected: Any) -> Iterator[str]:
        if found != expected:
            yield f"{what}: {found!r}, expected {expected!r}"

    def process(self, row: Row) -> Iterator[str]:
        found = self.known.process(row.pid)
        if found is None:
            yield f"process {row.name}({row.pid}): not seen"
            return
        thread_of = self.truth.model.rows[row.thread_of].pid if row.thread_of else 0
        yield from self.same(f"thread_of of {row.name}", found.thread_of, thread_of)
        if row.thread_of:
            return
        tty = row.tty.path.removeprefix("/dev/") if row.tty else ""
        yield from self.same(
            f"group, session, terminal of {row.name}", (found.pgid, found.sid, found.tty), (row.pgid, row.sid, tty)
        )
        if row.parent is not None:
            yield from self.same(f"parent of {row.name}", found.ppid, row.parent.pid)
        if row.tty is not None and row.tty.foreground:
            yield from self.same(f"foreground of {row.name}", found.foreground, row.tty.foreground == row.pgid)

    def descriptor(self, place: Place) -> Iterator[str]:
        found, file = self.found[place], self.truth.places[place].file
        who, thing = self.truth.label(place), file.thing
        yield from self.same(f"kind of {who}", found.kind, thing.kind)
        if thing.kind in READ:
            yield from self.same(f"access of {who}", found.access, file.access)
        if thing.ino:
            yield from self.same(f"inode of {who}", found.ino, thing.ino)
        yield from self.same(f"unproven of {who}", (found.unproven, bool(found.identified)), (False, True))
        if found.flags >= 0:
            yield from self.same(
                f"cloexec of {who}", bool(found.flags & os.O_CLOEXEC), self.truth.places[place].cloexec
            )

    def partition(self, places: list[Place]) -> Iterator[str]:
        """Two descriptors have one object if, and only if, they lead to one thing."""
        things, objects = dict[str, Thing](), dict[Thing, str]()
        for place in places:
            thing, name = self.truth.places[place].file.thing, self.found[place].object
            if things.setdefault(name, thing) is not thing:
                yield f"one object {name}: {self.truth.label(place)} is not {things[name].name}"
            if objects.setdefault(thing, name) != name:
                yield f"two objects: {self.truth.label(place)} is {objects[thing]} elsewhere, here {name}"

    def ours(self, keys: Iterable[DescriptorKey]) -> Places:
        return frozenset((key.pid, key.fd) for key in keys if key.pid in self.truth.rows and key.fd < CHANNELS)

    def surroundings(self, place: Place) -> Iterator[str]:
        found, thing = self.found[place], self.truth.places[place].file.thing
        related = self.known.related(found.key)
        if related is None:
            return
        who, ties = self.truth.label(place), related.ties
        yield from self.same(
            f"holders of {who}", self.ours(self.known.holders(found.object)), frozenset(self.truth.of_thing[thing])
        )
        if not (isinstance(thing, Socket) and thing.netns not in self.truth.inhabited):
            peers = {self.ours(tie.holders) for tie in ties.get("peers", ())} - {frozenset()}
            yield from self.same(f"peers of {who}", peers, self.truth.ends(place))
        if isinstance(thing, Socket) and thing.siblings and thing.netns in self.truth.inhabited:
            siblings = {self.ours(tie.holders) for tie in ties.get("siblings", ())} - {frozenset()}
            yield from self.same(f"siblings of {who}", siblings, self.truth.siblings(thing))
        watchers = {(self.ours(tie.holders), tie.target.fd) for tie in ties.get("watchers", ())}
        yield from self.same(f"watchers of {who}", watchers, self.truth.watchers(place))

    def epoll(self, epoll: Epoll) -> Iterator[str]:
        place = min(self.truth.of_thing[epoll])
        found = self.found.get(place)
        instance = self.known.epoll_of(found) if found is not None else None
        if found is None or instance is None:
            yield f"epoll {self.truth.label(place)}: not described"
            return
        ties = self.known.related(found.key)
        got = sorted(
            ((one.target.fd, one.target.events, one.target.data, one.target.status, self.ours(one.holders))
             for one in (ties.ties.get("targets", ()) if ties is not None else ())),
            key=lambda one: (*one[:4], sorted(one[4])),
        )  # fmt: skip
        yield from self.same(f"targets of {self.truth.label(place)}", got, self.truth.registrations(epoll))
        if {one.confidence for one in instance.targets} - {"proven"}:
            yield f"targets of {self.truth.label(place)}: not all proven"
        for one in instance.targets:
            if len(set(one.held_by)) < len(one.held_by):
                yield f"target {one.fd} of {self.truth.label(place)}: {one.held_by} names a place twice"

    def socket(self, one: Socket) -> Iterator[str]:
        found = self.known.socket_by_ino(one.ino)
        if one.netns not in self.truth.inhabited or not one.alive or one.reset:
            return
        if one.family != "unix" and one.shut and one.peer is not None and not one.peer.alive:
            return  # closed from both ends, and out of the kernel's tables
        if found is None:
            yield f"socket {one.name}: not described"
            return
        yield from self.same(f"family of {one.name}", found.family, one.family)
        if one.type:
            yield from self.same(f"type of {one.name}", found.type, one.type)
        if one.listening and not one.siblings:
            queue = (found.state, found.queue, found.backlog)
            yield from self.same(f"queue of {one.name}", queue, ("LISTEN", len(one.queue), 8))
        if one.peer is not None and one.peer.alive and one.type != "dgram":
            half = one.family != "unix" and len(one.shut) == 1
            state = HALF_CLOSED[next(iter(one.shut))] if half else "ESTABLISHED"
            shut = sum(SHUT[way] for way in one.shut)
            now = UNACKNOWLEDGED.get(found.state, found.state)
            yield from self.same(f"state of {one.name}", (now, found.shutdown), (state, shut))
        if one.family == "unix" and one.peer is not None and one.peer.alive:
            yield from self.same(f"peer of {one.name}", found.peer_ino, one.peer.ino)
