"""Listeners, what came in at them, who waits, and who shares their address."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any

from msgspec.structs import replace

from sockscope.report.sections.holders import holder_lines, ino_text, plain, unheld_line
from sockscope.report.sections.section import Line, Section, common, evidence, own, said
from sockscope.report.sections.telling import Telling
from sockscope.world.relations.answers import Pending, Sibling
from sockscope.world.relations.relation import Relation
from sockscope.world.relations.tie import OTHER, Tie
from sockscope.world.subjects import UnheldKey
from sockscope.world.world import World


def why_unheld(_telling: Telling, relation: Relation[Any], ties: Sequence[Tie]) -> list[Section]:
    """Tell why nobody holds a socket."""
    how = evidence(ties[0].confidence, ties[0].evidence)
    return [Section(relation.title, tuple(said(tie.note) for tie in ties), None, how)]


def listeners(telling: Telling, relation: Relation[Any], ties: Sequence[Sibling]) -> list[Section]:
    """Tell who listens where a connection came in, or where it waits."""
    lines: list[Line] = []
    for tie in islice(ties, telling.voice.lines):
        how = own(tie, ties)
        if how:
            lines.append(Line(((ino_text(tie.ino), "dim"), *how)))
        lines += _holders(telling, tie)
    lines += telling.voice.left_out(len(ties) - telling.voice.lines)
    return [Section(relation.title, tuple(lines), len(lines), common(ties))]


def same_address(telling: Telling, relation: Relation[Any], ties: Sequence[Sibling]) -> list[Section]:
    """Tell which other sockets have the same address, and who holds each."""
    lines: list[Line] = []
    for tie in islice(ties, telling.voice.lines):
        lines.append(Line(((f"{ino_text(tie.ino)}  {tie.described.local_text}", "dim"),)))
        lines += _holders(telling, tie)
    lines += telling.voice.left_out(len(ties) - telling.voice.lines)
    return [Section(relation.title, tuple(lines), len(ties), common(ties))]


def came_in(telling: Telling, relation: Relation[Any], ties: Sequence[Tie]) -> list[Section]:
    """Tell what came in at a listener, or how much where that is too much."""
    connections = [tie for tie in ties if isinstance(tie, Sibling)]
    return _connections(telling, relation, connections) if connections else plain(telling, relation, ties)


def _connections(telling: Telling, relation: Relation[Any], ties: Sequence[Sibling]) -> list[Section]:
    """Tell in which states, from where, who holds each, and who is at the other end."""
    states = Counter(tie.described.state for tie in ties)
    lines = [said(" · ".join(f"{count:,} {state}" for state, count in states.most_common()), "dim")]
    for tie in islice(ties, telling.voice.lines):
        remote = tie.described.remote_text or ino_text(tie.ino)
        state = f"  {tie.described.state}" if len(states) > 1 else ""
        lines.append(Line(((remote, "accent"), (state, "dim"), *own(tie, ties))))
        lines += _holders(telling, tie)
        for peer in telling.world.peers_of(tie.described):
            lines += holder_lines(telling.world, peer.holders, telling.voice, OTHER)
    lines += telling.voice.left_out(len(ties) - telling.voice.lines)
    return [Section(relation.title, tuple(lines), len(ties), common(ties))]


def _holders(telling: Telling, tie: Sibling) -> tuple[Line, ...]:
    if not tie.holders and tie.socket:
        return (unheld_line(tie.socket, ino_text(tie.ino)),)
    return holder_lines(telling.world, tie.holders, telling.voice)


def not_accepted(telling: Telling, relation: Relation[Any], ties: Sequence[Pending]) -> list[Section]:
    """Tell which connections wait at a listener, and who waits for each."""
    lines: list[Line] = []
    for client in islice(ties, telling.voice.lines):
        about = client.remote or (ino_text(client.ino) if client.ino else "a client that is not on this machine")
        spans = ((about, "accent"), ("  ", ""), *evidence(client.confidence))
        lines.append(Line(spans, _waiting_socket(telling.world, client)))
        lines += holder_lines(telling.world, client.holders, telling.voice, OTHER)
    lines += telling.voice.left_out(len(ties) - telling.voice.lines)
    return [Section(relation.title, tuple(lines), len(ties), common(ties))]


def may_wait(telling: Telling, relation: Relation[Any], ties: Sequence[Pending]) -> list[Section]:
    """Tell which connections wait at the listener or beside it; how many of them are its own, the kernel counts."""
    (section,) = not_accepted(telling, relation, ties)
    socket = telling.subject.socket
    if socket is None or socket.queue < 0:
        return [section]
    counted = said(f"{socket.queue} of these {len(ties)} wait here; which, the kernel does not tell", "dim")
    return [replace(section, lines=(counted, *section.lines))]


def _waiting_socket(world: World, client: Pending) -> UnheldKey | None:
    """Return the row of the half that waits, or of a client that nobody holds any more."""
    if client.half in world.sockets:
        return UnheldKey(client.half)
    socket = None if client.holders else world.socket_by_ino(client.ino)
    return None if socket is None else UnheldKey(socket.key)
