"""Listeners at which one connection wakes many processes, of which one gets it."""

from collections.abc import Iterable

from sockscope.abi.epoll_events import event_names
from sockscope.findings.attending import may_be_renumbered, waits_in
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.relations.answers import Watcher
from sockscope.world.relations.watchers import watchers

NAME = "herd"
FEWEST = 4
"""Processes that are woken at once."""
MOST = 8
"""Processes that are named."""
MOST_HOLDERS = 64
"""Descriptors of one epoll that are asked about."""
EXCLUSIVE = "EXCLUSIVE"
"""EPOLLEXCLUSIVE, which fdinfo shows among the events of a registration: one of those who wait is woken."""


def _find(look: Look) -> Iterable[Finding]:
    for socket in look.listeners:
        holders = look.world.socket_holders(socket.ino) if socket.ino else ()
        descriptor = look.descriptor(holders[0]) if holders else None
        if descriptor is None:
            continue
        woken: dict[ProcessKey, DescriptorKey] = {}
        for watcher in watchers(look.world, descriptor):
            if watcher.confidence == "proven" and not _is_exclusive(watcher):
                # All who wait in one epoll are woken one at a time: one of them counts.
                first = next((key for key in watcher.holders[:MOST_HOLDERS] if _waits(look, key)), None)
                if first is not None:
                    woken.setdefault(first.process, first)
        if len(woken) >= FEWEST:
            yield _finding(look, socket, woken)


def _is_exclusive(watcher: Watcher) -> bool:
    return EXCLUSIVE in event_names(watcher.target.events)


def _waits(look: Look, key: DescriptorKey) -> bool:
    return any(not wait.halted for wait in waits_in(look, key))


def _finding(look: Look, socket: Socket, woken: dict[ProcessKey, DescriptorKey]) -> Finding:
    where = socket.local_text or "a listener"
    first = next(iter(woken))
    by_number = any(
        may_be_renumbered(look, slot.process, wait) for slot in woken.values() for wait in waits_in(look, slot)
    )
    return Finding(
        rule=NAME,
        severity="note",
        confidence="inferred" if by_number else "proven",
        id=finding_id(NAME, socket.key),
        subjects=tuple(woken.values())[:MOST],
        sentence=f"each connection to {where} wakes {len(woken)} processes ({look.name(first)} …) for one of them",
        evidence=tuple(
            f"{look.title(key)}: waits in epoll {slot.fd}, where it is registered without EPOLLEXCLUSIVE"
            for key, slot in list(woken.items())[:MOST]
        ),
        since=look.held(NAME, socket.key).since,
    )


RULE = Rule(NAME, "a listener that wakes many processes at once", _find)
