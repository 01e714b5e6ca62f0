"""Who may keep a socket that no descriptor leads to: rings with requests that wait, and messages not received.

Both are candidates. A request of a ring refers to its file by itself and fdinfo names the operation, not the file
(io_uring/fdinfo.c, `PollList`); of a queue fdinfo tells how many descriptors wait in it, not which (`scm_fds`).
"""

from collections.abc import Iterable, Iterator

from sockscope.kinds.words import entries
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket
from sockscope.world.index.entries import Entries
from sockscope.world.index.sockets import is_queued
from sockscope.world.index.store import Store
from sockscope.world.relations.in_flight import waiting_inside
from sockscope.world.relations.kept_by_io_uring import rings
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

POLLS = "a ring with requests that wait (PollList of its fdinfo); their files are not told"
MESSAGES = "a queue with descriptors in it (scm_fds of its fdinfo); which, is not told"
ACCEPT = 13
"""IORING_OP_ACCEPT (linux/io_uring.h): a request that only a listener can have."""
MOST = 8
"""Candidates that are named in a sentence."""


def _ring_waits(descriptor: Descriptor) -> Iterator[str]:
    polls = entries(descriptor.fields or {}, "polls")
    if polls:
        yield "accept" if any(poll.get("opcode") == ACCEPT for poll in polls) else "other"


def _queue_has(descriptor: Descriptor) -> Iterator[str]:
    if waiting_inside(descriptor.fields or {}):
        yield "descriptors"


WAITING_RINGS = Entries(frozenset({"io_uring"}), _ring_waits)
"""Rings with requests that wait, by whether one of them is an accept."""
FULL_QUEUES = Entries(frozenset({"socket"}), _queue_has)
"""Sockets in whose receive queue descriptors wait."""


def candidates(store: Store, socket: Socket) -> tuple[Tie, ...]:
    """Who may keep a socket open that nobody holds; nothing where something is known to do so, or nobody can."""
    if not socket.ino or is_queued(socket) or rings(store, socket) or store.socket_holders(socket.ino):
        return ()
    waits = ("accept",) if socket.listening else ("accept", "other")
    polling = [key for wait in waits for key in store.entered(WAITING_RINGS, wait)]
    found = _by_object(store, POLLS, polling) + _by_object(store, MESSAGES, store.entered(FULL_QUEUES, "descriptors"))
    return tuple(tie for tie in found if _same_namespace(store, socket, tie.holders))


def _by_object(store: Store, evidence: str, keys: Iterable[DescriptorKey]) -> tuple[Tie, ...]:
    objects: dict[str, list[DescriptorKey]] = {}
    for key in keys:
        descriptor = store.descriptor(key)
        if descriptor is not None:
            objects.setdefault(descriptor.object, []).append(key)
    return tuple(
        Tie(confidence="unknown", evidence=evidence, holders=tuple(sorted(keys)), object=object_)
        for object_, keys in objects.items()
    )


def _same_namespace(store: Store, socket: Socket, holders: tuple[DescriptorKey, ...]) -> bool:
    """Whether one of them lives where the socket was made; a message may have come from elsewhere, which is rare."""
    owners = [store.processes[key.process] for key in holders if key.process in store.processes]
    return not socket.netns or any(owner.netns in {0, socket.netns} for owner in owners)


def candidates_phrase(store: Store, socket: Socket) -> str:
    """Name the candidates in a few words, "" without any."""
    found = candidates(store, socket)
    named = [(tie.evidence, f"{tie.holders[0].pid}:{tie.holders[0].fd}") for tie in found[:MOST]]
    words = (
        ("maybe io_uring", [slot for evidence, slot in named if evidence == POLLS]),
        ("maybe in queue", [slot for evidence, slot in named if evidence == MESSAGES]),
    )
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return ", ".join(f"{what} {' or '.join(slots)}" for what, slots in words if slots) + more


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    return () if subject.descriptor is not None or subject.socket is None else candidates(store, subject.socket)


RELATION = Relation("may_be_kept_by", "May be kept by", _find, index=(WAITING_RINGS, FULL_QUEUES))
