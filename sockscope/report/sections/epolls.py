"""Who watches the subject, and what an epoll watches: each registration as it is now."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from sockscope.abi.epoll_events import event_names
from sockscope.report.sections.holders import findings_of, holder_lines
from sockscope.report.sections.section import OF_KIND, Line, Section, Span, common, own
from sockscope.report.sections.telling import Telling
from sockscope.world.describe import kind_label, row_text
from sockscope.world.relations.answers import TargetLink, Watcher
from sockscope.world.relations.relation import Relation
from sockscope.world.world import World

STATUS_ROLES = {"live": "good", "moved": "warn", "closed": "bad", "unknown": "dim"}


def watched_by(telling: Telling, relation: Relation[Any], ties: Sequence[Watcher]) -> list[Section]:
    """Tell which epoll instances watch the subject, for what, and under which number."""
    # An epoll never is the open file that it watches, so that goes without saying.
    findings = findings_of(None, telling.subject.answer)
    lines: list[Line] = []
    for watcher in islice(ties, telling.voice.lines):
        lines += holder_lines(telling.world, watcher.holders, telling.voice, relation.sign, findings)
        spans: list[Span] = [("    ", ""), (" ".join(event_names(watcher.target.events)) or "none", "kind-event")]
        status = watcher.target.status
        if status != "live":
            spans.append((f"  registered as {watcher.target.fd}, {status}", STATUS_ROLES.get(status, "dim")))
        lines.append(Line((*spans, *own(watcher, ties))))
    lines += telling.voice.left_out(len(ties) - telling.voice.lines)
    return [Section(relation.title, tuple(lines), len(ties), common(ties))]


def targets(telling: Telling, relation: Relation[Any], ties: Sequence[TargetLink]) -> list[Section]:
    """Tell what an epoll watches, what that is now, and who has it open."""
    lines: list[Line] = []
    for link in islice(ties, telling.voice.lines):
        lines += _target(telling.world, link, ties)
    lines += telling.voice.left_out(len(ties) - telling.voice.lines)
    return [Section(relation.title, tuple(lines), len(ties), common(ties))]


def _target(world: World, link: TargetLink, ties: Sequence[TargetLink]) -> list[Line]:
    target, descriptor = link.target, link.descriptor
    follow = descriptor.key if descriptor is not None else next(iter(link.holders), None)
    spans: list[Span] = [(f"{target.fd:>4}  ", "accent")]
    if target.status != "live":
        spans.append((f"{target.status}  ", STATUS_ROLES.get(target.status, "dim")))
    if descriptor is not None:
        label = kind_label(world, descriptor)
        elsewhere = f"now {descriptor.slot}  " if target.status == "moved" else ""
        spans += [(elsewhere, "warn"), (f"{label}  ", f"{OF_KIND}{label}"), (row_text(world, descriptor), "")]
    else:
        spans.append((f"ino {target.ino}", "dim"))
    events = " ".join(event_names(target.events)) or "none"
    about: list[Span] = [("      ", ""), (events, "kind-event"), (f"  data 0x{target.data:x}", "dim")]
    return [Line(tuple(spans), follow), Line((*about, *own(link, ties)))]
