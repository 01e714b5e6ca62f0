"""Processes that have a processor to themselves while an epoll of theirs can only say: ready."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sockscope.abi.epoll_events import event_names
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import Target
from sockscope.model.keys import DescriptorKey, ProcessKey

NAME = "spin"
BUSY = 0.8
"""Share of a processor from which it may spin."""
LOOKS = 3
MOST = 8
"""Registrations that are named."""
MOST_TARGETS = 4096
"""Registrations of one process that are asked about."""
_ENDS, _ONCE = frozenset({"IN", "RDHUP"}), frozenset({"ONESHOT", "ET"})
"""Events that an end is told by, and those that are told once."""
_RECEIVES, _BOTH = 1, 3


def _find(look: Look) -> Iterable[Finding]:
    for key, share in look.world.cpu.items():
        if share <= BUSY:
            continue
        busy = look.held(NAME, key)
        ended = [(slot, target, why, since) for slot, target, why, since, looks in _ended(look, key) if looks >= LOOKS]
        if ended and busy.looks >= LOOKS:
            yield _finding(look, key, share, ended, max(busy.since, min(since for *_, since in ended)))


def _ended(look: Look, key: ProcessKey) -> Iterator[tuple[DescriptorKey, Target, str, float, int]]:
    """Yield what an epoll reports again and again until it is removed, with since when it has been so."""
    instances = ((one, look.world.epoll_of(one)) for one in look.world.tables.get(key, {}).values())
    targets = ((one, target) for one, epoll in instances if epoll is not None for target in epoll.targets)
    for descriptor, target in islice(targets, MOST_TARGETS):
        why = _why(look, target)
        if why:
            streak = look.held("spin at", (key, descriptor.fd, target.fd, target.offset, target.object))
            yield descriptor.key, target, why, streak.since, streak.looks


def _why(look: Look, target: Target) -> str:
    """Say why a registration is ready for good; edges are told of once, and so is what is registered for one event."""
    if target.status != "live" or target.confidence != "proven" or not _is_repeated(target):
        return ""
    holders = look.world.holders(target.object)
    descriptor = look.descriptor(holders[0]) if holders else None
    if descriptor is None or descriptor.unproven:
        return ""
    return _of_pipe(look, descriptor) if descriptor.kind == "pipe" else _of_socket(look, descriptor, target)


def _is_repeated(target: Target) -> bool:
    return _ONCE.isdisjoint(event_names(target.events))


def _of_pipe(look: Look, descriptor: Descriptor) -> str:
    ends = look.world.descriptor_index.at_ends
    if look.unread_processes or look.outside_of_tables:
        return ""
    if not ends(descriptor.object, ("w", "rw")):
        return "a pipe that nobody has open for writing: end of file"
    return ""


def _of_socket(look: Look, descriptor: Descriptor, target: Target) -> str:
    socket = look.world.socket_of(descriptor)
    if socket is None or socket.type != "stream" or socket.listening:
        return ""
    if socket.shutdown == _BOTH:
        return "a connection that both ends have closed: hang-up"
    told = not _ENDS.isdisjoint(event_names(target.events))
    ended = socket.shutdown & _RECEIVES or socket.state == "CLOSE_WAIT"
    return "a connection that the other end has closed: end of file" if ended and told else ""


def _finding(
    look: Look, key: ProcessKey, share: float, ended: list[tuple[DescriptorKey, Target, str, float]], since: float
) -> Finding:
    slot, first, _, _ = ended[0]
    where = f"and fd {first.fd} in epoll {slot.fd}"
    return Finding(
        rule=NAME,
        severity="suspect",
        confidence="inferred",
        id=finding_id(NAME, f"{key.pid}.{key.start}"),
        subjects=tuple(dict.fromkeys(one for one, *_ in ended[:MOST])),
        sentence=f"{look.name(key)} spins: {share:.0%} of a processor, {where} is ready for good",
        evidence=tuple(f"fd {target.fd} in epoll {one.fd}: {why}" for one, target, why, _ in ended[:MOST]),
        refuted_by="that its processor time goes into something else",
        since=since,
    )


RULE = Rule(NAME, "an epoll that is ready for good, and a process that spins", _find, looks=LOOKS + 1, seconds=3.0)
