"""Locks on files that somebody waits for: who has them, since when, and what he does meanwhile."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.lock_ends import holders_of, requests
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.lock import LockWait
from sockscope.model.wait import Wait
from sockscope.world.waits import call_words, wait_words

NAME = "lock"
SECONDS = 2.0
"""For so long somebody has to have waited: in less, locks do what they are for."""
MOST = 8
"""Waiters and holders that are named."""


class _Waiter(NamedTuple):
    key: ProcessKey
    wait: Wait
    descriptor: Descriptor
    request: LockWait


def _find(look: Look) -> Iterable[Finding]:
    if not look.world.locks:
        return
    by_lock: defaultdict[tuple[str, tuple[DescriptorKey, ...]], list[_Waiter]] = defaultdict(list)
    for key, said in look.world.waits.items():
        for wait in said.waits:
            if wait.manner == "lock" and not wait.halted and look.world.stood_still(wait) >= SECONDS:
                descriptor = look.graph.descriptor(key, wait)
                if descriptor is None:
                    continue
                for request in requests(look.world, descriptor, wait.call, key.pid):
                    holders = holders_of(look.world, descriptor, request)
                    by_lock[descriptor.object, holders].append(_Waiter(key, wait, descriptor, request))
    for (_, holders), waiters in by_lock.items():
        yield _finding(look, holders, waiters)


def _finding(look: Look, holders: tuple[DescriptorKey, ...], waiters: list[_Waiter]) -> Finding:
    """Waiting for a lock is what a second instance does that stands by: worth a note. A circle is another rule's."""
    waiters = sorted(waiters, key=lambda one: one.wait.since)
    first = waiters[0]
    others = dict.fromkeys(one.key for one in waiters)
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    has = f"that {look.name(holders[0].process)} has" if holders else "and who has it was not found"
    return Finding(
        rule=NAME,
        severity="note",
        confidence="proven" if holders else "unknown",
        id=finding_id(NAME, first.descriptor.object, *(f"{key.pid}.{key.start}" for key in others)),
        subjects=(*holders[:MOST], *(one.descriptor.key for one in waiters[:MOST])),
        sentence=f"{look.name(first.key)}{more} waits for a lock on {first.descriptor.target}, {has}",
        evidence=(
            *(_holder_line(look, key) for key in holders[:MOST]),
            *_set_by(first.request, holders),
            *(_waiter_line(look, one) for one in waiters[:MOST]),
        ),
        refuted_by="that it is given up in time, as by whoever works while another stands by",
        since=first.wait.since,
    )


def _holder_line(look: Look, key: DescriptorKey) -> str:
    said = look.world.waits.get(key.process)
    does = wait_words(said) or ("runs" if said is not None and said.running else "what it waits in is not known")
    return f"{look.title(key.process)} has it at fd {key.fd} (fdinfo), and meanwhile: {does}"


def _set_by(request: LockWait, holders: tuple[DescriptorKey, ...]) -> Iterable[str]:
    """Tell of a lock that has outlived who set it, or was handed on: only those of open files can."""
    if holders and request.setter > 0 and request.setter not in {key.pid for key in holders}:
        yield f"set by {request.setter}, which does not have it any more: it was inherited or handed over"


def _waiter_line(look: Look, one: _Waiter) -> str:
    seconds = look.world.time - one.wait.since
    return f"{look.title(one.key)}: {call_words(one.wait)} for {seconds:.0f} s, wants {one.request.mode} (/proc/locks)"


RULE = Rule(NAME, "a lock on a file that somebody waits for", _find, looks=2, seconds=SECONDS)
