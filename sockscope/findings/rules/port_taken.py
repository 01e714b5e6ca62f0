"""Ports that are held by a program which was only started with them open, and serves nobody there."""

from collections.abc import Iterable
from itertools import chain

from sockscope.findings.attending import MOST_HOLDERS, attends, has_run, inherited
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket

NAME = "port-taken"
LOOKS = 3
INIT = 1
MOST = 6
"""Holders that are named."""


def _find(look: Look) -> Iterable[Finding]:
    for socket in chain(look.listeners, look.udp_services):
        if not socket.ino:
            continue
        holders = look.world.socket_holders(socket.ino)
        if not 0 < len(holders) <= MOST_HOLDERS or any(key.pid == INIT for key in holders):
            continue
        served = [key for key in holders if attends(look, key)]
        accidents = [(key, how) for key in holders if key not in served and (how := inherited(look, key))]
        if not accidents:
            continue
        streak = look.held(NAME, socket.key)
        if streak.looks >= LOOKS and not any(has_run(look, key.process, streak.since) for key, _ in accidents):
            yield _finding(look, socket, accidents, served, streak.since)


def _finding(
    look: Look, socket: Socket, accidents: list[tuple[DescriptorKey, str]], served: list[DescriptorKey], since: float
) -> Finding:
    """Whoever serves it now goes on; once he has ended, the port is taken all the same."""
    keys = [key for key, _ in accidents]
    where = socket.local_text or "a listener"
    verb = "accepts" if socket.listening else "receives"
    kept = "would keep" if served else "keeps"
    name = look.name(keys[0].process)
    return Finding(
        rule=NAME,
        severity="note" if served else "suspect",
        confidence="inferred",
        id=finding_id(NAME, socket.key),
        subjects=tuple(keys),
        sentence=f"{name} {kept} {where} taken, and never {verb} there: it was started with it open",
        evidence=(
            *(how for _, how in accidents[:MOST]),
            "it waits on it in no thread and watches it in no epoll",
            *(f"served by {look.title(key.process)}" for key in served[:MOST]),
        ),
        refuted_by="that it was handed over on purpose, and is used later",
        since=since,
    )


RULE = Rule(NAME, "a port held by a program that was only started with it open", _find, looks=LOOKS, seconds=2.0)
