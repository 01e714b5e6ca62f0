"""Registrations of an epoll whose number means something else by now: events for them cannot be turned off."""

from collections.abc import Iterable

from sockscope.abi.epoll_events import event_names
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.epoll import STALE, Target

NAME = "ghost"
BUSY = 0.5
"""Share of a processor from which whoever holds one is said to spin."""
LOOKS = 3
MOST = 8
"""Registrations that are named."""


def _find(look: Look) -> Iterable[Finding]:
    for object_ in look.world.epoll_index.with_stale():
        epoll = look.world.epolls[object_]
        stale = [one for one in epoll.targets if one.status in STALE and one.confidence == "proven"]
        holders = look.world.holders(epoll.object)
        if not stale or not holders:
            continue
        busy = [key for key in holders if look.world.cpu.get(key.process, 0) > BUSY]
        streak = look.held(NAME, epoll.object)
        spinning = look.held("ghost spins", epoll.object).looks if busy else 0
        spins = bool(busy) and spinning >= LOOKS
        first = busy[0] if busy else holders[0]
        count = "a registration" if len(stale) == 1 else f"{len(stale)} registrations"
        does = f" spins: {look.world.cpu[first.process]:.0%} of a processor, with" if spins else " has"
        yield Finding(
            rule=NAME,
            severity="sick" if spins else "note",
            confidence="inferred" if spins else "proven",
            id=finding_id(NAME, epoll.object),
            subjects=(first, *(key for key in holders if key != first)),
            sentence=f"{look.name(first.process)}{does} {count} in epoll {first.fd} whose number means something else",
            evidence=tuple(map(_line, stale[:MOST])),
            refuted_by="that its processor time goes into something else" if spins else "",
            since=streak.since,
        )


def _line(target: Target) -> str:
    events = ", ".join(event_names(target.events)) or "no events"
    return f"fd {target.fd} when it was added ({events}): {_now(target.status)}"


def _now(status: str) -> str:
    if status == "moved":
        return "that number means another file now, and the watched one lives on under another"
    return "closed under that number, and kept open by somebody who was not found"


RULE = Rule(NAME, "an epoll that watches what its number no longer means", _find, looks=LOOKS + 1, seconds=3.0)
