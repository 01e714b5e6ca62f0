"""Listeners whose connections nobody accepts, and who should have."""

from collections.abc import Iterable

from sockscope.findings.attending import has_run, inherited, stopped
from sockscope.findings.finding import Finding, Severity, finding_id
from sockscope.findings.look import Look, Streak
from sockscope.findings.rule import Rule
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket
from sockscope.world.relations.watchers import watchers
from sockscope.world.waits import wait_words

NAME = "backlog"
LOOKS = 3
MOST = 6
"""Holders that are named."""
ACCEPTS = frozenset({"accept", "accept4"})


def _find(look: Look) -> Iterable[Finding]:
    for socket in look.listeners:
        if socket.queue <= 0:
            continue
        streak = look.held(NAME, socket.key, socket.queue)
        holders = look.world.socket_holders(socket.ino)
        if streak.looks >= LOOKS and holders and socket.queue >= streak.first:
            yield from _judged(look, socket, holders, streak)


def _judged(look: Look, socket: Socket, holders: tuple[DescriptorKey, ...], streak: Streak) -> Iterable[Finding]:
    """Find nothing where anybody who could accept has run meanwhile: he may be busy, and come to it."""
    idle = [key for key in holders if not has_run(look, key.process, streak.since)]
    if len(idle) < len(holders) or any(_accepts(look, key) for key in holders):
        return
    halted = [key for key in holders if stopped(look.world.waits.get(key.process))]
    returns = any(wait.timed for key in holders for wait in look.world.waits[key.process].waits)
    severity: Severity = "suspect" if returns or look.unread_processes else "sick"
    first = (halted or list(holders))[0]
    why = _why(look, first)
    waiting = "1 connection waits" if socket.queue == 1 else f"{socket.queue} connections wait"
    where = socket.local_text or "a listener"
    yield Finding(
        rule=NAME,
        severity=severity,
        confidence="inferred" if severity == "suspect" else "proven",
        id=finding_id(NAME, socket.key),
        subjects=(first, *(key for key in holders[:MOST] if key != first)),
        sentence=f"{waiting} at {where}, and nobody accepts: {look.name(first.process)} {why}",
        evidence=(
            f"at each of {streak.looks} looks its queue was not empty, and never shorter than at the first",
            *(f"{look.title(key.process)}: {_why(look, key)}, and has not run since" for key in holders[:MOST]),
            *(
                [f"{look.unread_processes} processes could not be read, and may have it too"]
                if look.unread_processes
                else ()
            ),
        ),
        refuted_by="that a holder comes back to it" + (": one of them sleeps for a while" if returns else ""),
        since=streak.since,
    )


def _accepts(look: Look, key: DescriptorKey) -> bool:
    """Whether a thread is in accept on it and not halted: then the queue is just being emptied."""
    said = look.world.waits[key.process]
    return any(wait.call in ACCEPTS and wait.fd == key.fd and not wait.halted for wait in said.waits)


def _why(look: Look, key: DescriptorKey) -> str:
    said = look.world.waits.get(key.process)
    if stopped(said):
        return "is stopped"
    where = f"is in {wait_words(said)}"
    descriptor = look.descriptor(key)
    if descriptor is not None and watchers(look.world, descriptor):
        return f"{where}, and watches it"
    return f"{where}, and only inherited it" if inherited(look, key) else where


RULE = Rule(NAME, "a listener whose connections nobody accepts", _find, looks=LOOKS, seconds=2.0)
