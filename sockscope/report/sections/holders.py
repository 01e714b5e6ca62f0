"""Lines that name descriptors, and the sections of who holds an object and who is at its other end."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct, field

from sockscope.abi.open_flags import closes_on_exec
from sockscope.frames.messages import Answer, Waiting
from sockscope.kinds.registry import REOPENED, WITH_OFFSET
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report.sections.answering import doing, unread
from sockscope.report.sections.process_marks import process_marks
from sockscope.report.sections.section import Line, Section, Span, Voice, common, evidence, own, said
from sockscope.report.sections.telling import Telling
from sockscope.world.relations.answers import Holding, Peer
from sockscope.world.relations.relation import Relation
from sockscope.world.relations.tie import OTHER, SAME, WATCH, Tie
from sockscope.world.relations.waiting import wait_words
from sockscope.world.subjects import UnheldKey
from sockscope.world.world import World

SIGN_ROLES = {SAME: "same", OTHER: "other-end", WATCH: "watch"}
Slot = tuple[int, int]
"""(pid, fd)."""


class Findings(Struct, frozen=True):
    """What an inspection found out about holders, to be said on their lines."""

    waiting: Mapping[Slot, str] = field(default_factory=dict)
    """What a thread is doing on the descriptor: the call in which it is blocked, or was when it was halted."""
    files: Mapping[Slot, str] = field(default_factory=dict)
    """Whether it shares the open file description of the selected one, in words."""


NOTHING = Findings()


def findings_of(descriptor: Descriptor | None, answer: Answer | None) -> Findings:
    """Sort what the collector found by holder."""
    if answer is None:
        return NOTHING
    waiting = {(wait.pid, wait.fd): _doing(wait) for wait in answer.waiters}
    if descriptor is None or descriptor.kind not in REOPENED:
        return Findings(waiting)
    what = "offset" if descriptor.kind in WITH_OFFSET else "open file"
    files = dict.fromkeys(answer.other_files, f"own {what}") | dict.fromkeys(answer.same_file, f"same {what}")
    return Findings(waiting, files)


def _doing(wait: Waiting) -> str:
    return wait_words(wait) if wait.halted else f"{wait.syscall} now"


def holder_lines(
    world: World,
    keys: Sequence[DescriptorKey],
    voice: Voice,
    sign: str = "",
    findings: Findings = NOTHING,
    here: DescriptorKey | None = None,
) -> tuple[Line, ...]:
    """Name descriptors, each on a line that leads to it; `here` is the selected one, which gets no sign."""
    width = max((len(key.slot) for key in islice(keys, voice.lines)), default=0)
    role = SIGN_ROLES.get(sign, "")
    lines = [
        _holder_line(world, key, (" " if key == here else sign or " ", role), width, findings)
        for key in islice(keys, voice.lines)
    ]
    return (*lines, *voice.left_out(len(keys) - voice.lines))


def _holder_line(world: World, key: DescriptorKey, sign: Span, width: int, findings: Findings) -> Line:
    process, descriptor = world.processes.get(key.process), world.descriptor(key)
    slot = (key.pid, key.fd)
    wait, file = findings.waiting.get(slot, ""), findings.files.get(slot, "")
    spans: list[Span] = [(f"{sign[0]} ", sign[1]), (f"{key.slot:<{width}}  ", "accent")]
    if wait:
        spans.append((f"{wait}  ", "kind-event"))
    if file:
        spans.append((f"{file}  ", "dim"))
    if process is not None:
        spans += process_marks(process)
    spans.append(("" if process is None else process.title, ""))
    modes = () if descriptor is None else _modes(descriptor)
    return Line((*spans, *((f"  {mode}", "dim") for mode in modes)), key)


def _modes(descriptor: Descriptor) -> Iterator[str]:
    """Say how it is open, where that is not the same for all of its kind, and whether execve(2) closes it."""
    if descriptor.access and descriptor.kind != "socket":
        yield descriptor.access
    if closes_on_exec(descriptor.flags):
        yield "close-on-exec"


def process_line(world: World, key: ProcessKey) -> Line:
    """Name a process on a line that leads to it."""
    process = world.processes.get(key)
    title = "not shown" if process is None else process.title
    return Line(((f"  {key.pid}  ", "accent"), (title, "")), None if process is None else key)


def unheld_line(socket: int, text: str, sign: str = "") -> Line:
    """Name a socket that nobody holds, on a line that leads to its row; `socket` is `Socket.key`."""
    spans: tuple[Span, ...] = (
        (f"{sign or ' '} ", SIGN_ROLES.get(sign, "")),
        (text, "accent"),
        ("  held by nobody", "dim"),
    )
    return Line(spans, UnheldKey(socket))


def ino_text(ino: int) -> str:
    """Name a socket by its inode."""
    return f"ino {ino}" if ino else "no inode"


def held_by(telling: Telling, relation: Relation[Any], ties: Sequence[Holding]) -> list[Section]:
    """Tell who holds the object, and what an inspection found out about each."""
    holding, descriptor = ties[0], telling.subject.descriptor
    here = None if descriptor is None else descriptor.key
    holders = holding.same_end
    count = telling.world.counted(holders)
    known = evidence(holding.confidence, holding.evidence)
    if holding.confidence == "proven":
        known = (("not shared, " if count == 1 else "one object, ", "dim"), *known)
    shown, left_out = _without_strangers(telling, holders)
    findings = findings_of(descriptor, telling.subject.answer)
    lines = holder_lines(telling.world, shown, telling.voice, relation.sign, findings, here)
    if left_out:
        pids = len({key.pid for key in left_out})
        lines += tuple(telling.voice.left_out(len(left_out), f"more in {pids} process{'' if pids == 1 else 'es'}"))
    return [Section(relation.title, lines, count, known)]


def _without_strangers(
    telling: Telling, holders: tuple[DescriptorKey, ...]
) -> tuple[tuple[DescriptorKey, ...], list[DescriptorKey]]:
    """Leave out most of those who opened the object for themselves: many have the same file open, each for itself."""
    descriptor, answer = telling.subject.descriptor, telling.subject.answer
    if descriptor is None or descriptor.kind == "socket":
        return holders, []
    together = {(descriptor.pid, descriptor.fd), *(answer.same_file if answer is not None else ())}
    apart = [key for key in holders if (key.pid, key.fd) not in together]
    # One that is left out would take a line as well.
    left_out = apart[telling.voice.apart :] if len(apart) > telling.voice.apart + 1 else []
    hidden = set(left_out)
    return tuple(key for key in holders if key not in hidden), left_out


def other_end(telling: Telling, relation: Relation[Any], ties: Sequence[Peer]) -> list[Section]:
    """Tell who is at the other end, how that is known, what each does meanwhile, and where nobody is, why."""
    world, here = telling.world, telling.subject.socket
    sections = []
    for peer in islice(ties, telling.voice.lines):
        lines = [*_with_doing(telling, peer.holders, relation.sign)]
        if here is not None and len(ties) == 1:
            lines += unread(here, world.sockets.get(peer.socket))
        if not peer.holders and peer.socket:
            lines.append(unheld_line(peer.socket, ino_text(peer.ino), relation.sign))
        if peer.note:
            lines.append(said(peer.note, "dim"))
        how = ((f"{peer.via}, ", "dim"), *evidence(peer.confidence, peer.evidence))
        sections.append(Section(relation.title, tuple(lines), world.counted(peer.holders), how))
    return sections


def _with_doing(telling: Telling, keys: Sequence[DescriptorKey], sign: str) -> Iterator[Line]:
    """Name descriptors, and say below the last one of each process what that does."""
    lines = holder_lines(telling.world, keys, telling.voice, sign)
    named = min(len(keys), telling.voice.lines)
    for number in range(named):
        yield lines[number]
        if number + 1 == named or keys[number + 1].process != keys[number].process:
            yield from doing(telling.world, keys[number].process)
    yield from lines[named:]


def plain(telling: Telling, relation: Relation[Any], ties: Sequence[Tie]) -> list[Section]:
    """Tell a relation that has nothing to say but its ties: who holds what is there, whom it means, and its facts."""
    lines: list[Line] = []
    for tie in islice(ties, telling.voice.lines):
        lines += _plain(telling, relation, tie)
        how = own(tie, ties)
        if how:
            lines.append(Line((("  ", ""), *how)))
    lines += telling.voice.left_out(len(ties) - telling.voice.lines)
    return [Section(relation.title, tuple(lines), len(ties), common(ties))]


def _plain(telling: Telling, relation: Relation[Any], tie: Tie) -> list[Line]:
    lines = list(holder_lines(telling.world, tie.holders, telling.voice, relation.sign))
    lines += [process_line(telling.world, key) for key in tie.processes]
    if not tie.holders and tie.socket:
        ino = telling.world.sockets[tie.socket].ino if tie.socket in telling.world.sockets else 0
        lines.append(unheld_line(tie.socket, ino_text(ino), relation.sign))
    if tie.note:
        lines.append(said(tie.note, "dim"))
    if tie.facts:
        facts = " · ".join(filter(None, (_fact(name, value) for name, value in tie.facts.items())))
        lines.append(Line((("    ", ""), (facts, "dim")), breaks=True))
    return lines


def _fact(name: str, value: object) -> str:
    """Write what is known: "" where nothing is, or where something is not so."""
    if value is None or value is False:
        return ""
    if value is True:
        return name
    return f"{name} {' '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
