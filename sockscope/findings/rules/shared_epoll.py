"""One epoll that several processes have, as after fork(2): each gets events that are meant for the other."""

from collections.abc import Iterable

from sockscope.findings.attending import may_be_renumbered, waits_in
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.keys import DescriptorKey

NAME = "shared-epoll"
LOOKS = 3
"""A child has it until it calls execve(2)."""
MOST_HOLDERS = 256
"""Descriptors of one instance that are asked about; of one that has more nothing is concluded."""
MOST = 8
"""Holders that are named."""


def _find(look: Look) -> Iterable[Finding]:
    for object_ in look.world.epolls:
        if 1 < look.world.holder_count(object_) <= MOST_HOLDERS:
            yield from _of_instance(look, object_)


def _of_instance(look: Look, object_: str) -> Iterable[Finding]:
    """A descriptor table that several share is one holder."""
    keys = [key for key in look.world.holders(object_) if _is_own(look, key)]
    if len({key.process for key in keys}) < 2:  # noqa: PLR2004
        return
    waiting = list({key.process: key for key in reversed(keys) if waits_in(look, key)}.values())[::-1]
    streak = look.held(NAME, (object_, len(waiting) > 1))
    if streak.looks < LOOKS or not waiting:
        return
    many = len(waiting) > 1
    by_number = any(may_be_renumbered(look, key.process, wait) for key in waiting for wait in waits_in(look, key))
    others = [key for key in keys if key.process != waiting[0].process]
    second = waiting[1] if many else others[0]
    one, other = look.name(waiting[0].process), look.name(second.process)
    both = f"{one} and {other} wait in one epoll: each is told what is meant for the other"
    yield Finding(
        rule=NAME,
        severity="suspect" if many else "note",
        confidence="inferred" if by_number else "proven",
        id=finding_id(NAME, object_),
        subjects=tuple(waiting[:MOST]) if many else (waiting[0], *others[: MOST - 1]),
        sentence=both if many else f"{other} has the epoll that {one} waits in",
        evidence=tuple(
            f"{look.title(key.process)}: fd {key.fd} (kcmp)" + (", waits in it" if key in waiting else "")
            for key in keys[:MOST]
        ),
        refuted_by="that they share their work so on purpose" if many else "that it never waits in it",
        since=streak.since,
    )


def _is_own(look: Look, key: DescriptorKey) -> bool:
    process = look.world.processes.get(key.process)
    return process is not None and not process.table_of and not process.thread_of


RULE = Rule(NAME, "an epoll that several processes have", _find, looks=LOOKS, seconds=2.0)
