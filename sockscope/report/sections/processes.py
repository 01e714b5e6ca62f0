"""Who waits, whom a descriptor stands for, and which processes are neighbours of others."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from sockscope.frames.messages import FutexWait, Waiting
from sockscope.model.confidence import Confidence
from sockscope.model.keys import ProcessKey
from sockscope.report.sections.holders import SIGN_ROLES, holder_lines, process_line
from sockscope.report.sections.section import OF_KIND, Line, Section, Span, Voice, common, evidence, own, said
from sockscope.report.sections.telling import Telling
from sockscope.world.describe import kind_label
from sockscope.world.relations.answers import Neighbour, Waiter
from sockscope.world.relations.futex_waiters import futex_wait
from sockscope.world.relations.relation import Relation
from sockscope.world.relations.tie import Tie
from sockscope.world.relations.waiting import wait_words, waiter
from sockscope.world.world import World

HALTED = "Kept from waiting"
MAY_WAIT = "May be waiting"
"""Above threads in poll(2) or select(2) whose sets were not read."""


def handle_on(telling: Telling, relation: Relation[Any], ties: Sequence[Tie]) -> list[Section]:
    """Name the process that a pidfd is a handle on."""
    tie = ties[0]
    line = Line(((f"  {tie.facts['pid']}  ", "accent"), (tie.note, "")))
    if tie.processes:
        line = process_line(telling.world, tie.processes[0])
    return [Section(relation.title, (line,), None, common(ties))]


def in_flight(_telling: Telling, relation: Relation[Any], ties: Sequence[Tie]) -> list[Section]:
    """Count what waits in a receive queue to be taken out."""
    return [Section(relation.title, (said(ties[0].note),), ties[0].facts["count"], common(ties))]


def waiting_now(telling: Telling, relation: Relation[Any], ties: Sequence[Waiter]) -> list[Section]:
    """Tell which threads wait on the subject, but for those whose holder's line has said so, and is sure."""
    told = _told(telling)
    rest = [tie for tie in ties if tie.confidence != "proven" or (tie.wait.pid, tie.wait.fd) not in told]
    answer, voice = telling.subject.answer, telling.voice
    how = _how_to_look(rest, voice, asked=answer is not None and answer.inside)
    return [
        *_waiters(voice, relation.title, [tie for tie in rest if not tie.wait.halted and not tie.wait.unread]),
        *_waiters(voice, HALTED, [tie for tie in rest if tie.wait.halted]),
        *_waiters(voice, MAY_WAIT, [tie for tie in rest if tie.wait.unread and not tie.wait.halted], how),
    ]


def _how_to_look(ties: Sequence[Waiter], voice: Voice, *, asked: bool) -> list[Line]:
    """Say how to see what threads in poll(2) wait on; nothing where that was asked for and could not be read."""
    return [Line((("    ", ""), *voice.inside))] if not asked and any(tie.wait.unread for tie in ties) else []


def _waiters(voice: Voice, title: str, ties: Sequence[Waiter], how_to_look: Sequence[Line] = ()) -> list[Section]:
    if not ties:
        return []
    lines: list[Line] = []
    for tie in islice(ties, voice.lines):
        how = own(tie, ties)
        lines += [_thread(tie), *([Line((("    ", ""), *how))] if how else [])]
    lines += voice.left_out(len(ties) - voice.lines)
    return [Section(title, (*lines, *how_to_look), len(ties), common(ties))]


def _told(telling: Telling) -> set[tuple[int, int]]:
    """Descriptors whose line says itself that a thread waits on it."""
    marked = (tie.marked for name in ("holders", "watchers") for tie in telling.ties.get(name, ()))
    return {(key.pid, key.fd) for keys in marked for key in keys}


def _thread(tie: Waiter) -> Line:
    wait = tie.wait
    thread = "" if wait.tid == wait.pid else f" thread {wait.tid}"
    spans: tuple[Span, ...] = ((f"  {wait.pid}{thread}  ", "accent"), (wait_words(wait), "kind-event"))
    return Line(spans, next(iter(tie.holders), None))


def threads_wait_in(world: World, waiting: Sequence[Waiting], voice: Voice, *, asked: bool = False) -> list[Section]:
    """Tell what the threads of one process wait in; `asked`: the sets of those in poll(2) were asked for."""
    if not waiting:
        return []
    ties = [waiter(world, wait) for wait in waiting]
    lines: list[Line] = []
    for tie in islice(ties, voice.lines):
        how = own(tie, ties)
        lines += [_wait(world, tie), *([Line((("    ", ""), *how))] if how else [])]
    lines += voice.left_out(len(ties) - voice.lines)
    lines += _how_to_look(ties, voice, asked=asked)
    return [Section("Threads wait in", tuple(lines), len(ties), common(ties))]


def _wait(world: World, tie: Waiter) -> Line:
    wait = tie.wait
    descriptor = next((world.descriptor(key) for key in tie.holders), None)
    spans: list[Span] = [(f"  {wait.tid}  ", "accent"), (wait_words(wait), "kind-event")]
    if descriptor is not None:
        label = kind_label(world, descriptor)
        spans.append((f"  {label}", f"{OF_KIND}{label}"))
    return Line(tuple(spans), None if descriptor is None else descriptor.key)


def sets_read(world: World, waiting: Sequence[Waiting], voice: Voice) -> list[Line]:
    """Tell of threads in poll(2) and select(2) what somebody has asked for: what they wait on, and how sure that is."""
    ties = [waiter(world, wait) for wait in waiting]
    lines: list[Line] = []
    for tie in islice(ties, voice.lines):
        lines += [_thread(tie), Line((("    ", ""), *evidence(tie.confidence, tie.evidence)), breaks=True)]
    return [*lines, *voice.left_out(len(ties) - voice.lines)]


def waits_in_memory(world: World, waits: Sequence[FutexWait], voice: Voice) -> list[Section]:
    """Tell in which mapped memory threads of one process wait, and who may wake them."""
    if not waits:
        return []
    ties = [futex_wait(world, wait) for wait in islice(waits, voice.lines)]
    lines: list[Line] = []
    for wait, tie in zip(waits, ties, strict=False):
        futex = f"futex at {wait.offset} of {wait.target}"
        lines.append(Line(((f"  {wait.tid}  ", "accent"), (futex, "kind-event")), next(iter(tie.holders), None)))
        lines += holder_lines(world, tie.holders, voice)
        if tie.note:
            lines.append(said(tie.note, "dim"))
    lines += voice.left_out(len(waits) - voice.lines)
    return [Section("Waits in shared memory", tuple(lines), len(waits), common(ties))]


def neighbours(
    world: World, found: Sequence[Neighbour], signs: Mapping[ProcessKey, str], voice: Voice
) -> list[Section]:
    """List processes that share something with the selected ones or talk to them, with what lies between."""
    if not found:
        return []
    lines: list[Line] = []
    for neighbour in islice(found, voice.lines):
        lines += _neighbour(world, neighbour, signs.get(neighbour.process, " "))
    lines += voice.left_out(len(found) - voice.lines)
    return [Section("Neighbours", tuple(lines), len(found))]


def _neighbour(world: World, neighbour: Neighbour, sign: str) -> list[Line]:
    process = world.processes.get(neighbour.process)
    name = process.title if process is not None else ""
    first: tuple[Span, ...] = (
        (f"{sign} ", SIGN_ROLES.get(sign, "")),
        (f"{neighbour.process.pid}  ", "accent"),
        (name, ""),
    )
    lines = [Line(first, neighbour.process)]
    sure: dict[tuple[Confidence, str], list[str]] = {}
    for link in neighbour.links:
        sure.setdefault((link.confidence, link.evidence), []).append(link.phrase)
    for (confidence, how), phrases in sure.items():
        between: tuple[Span, ...] = (("    ", ""), (", ".join(phrases), "dim"), (", ", "dim"))
        lines.append(Line((*between, *evidence(confidence, how)), breaks=True))
    return lines
