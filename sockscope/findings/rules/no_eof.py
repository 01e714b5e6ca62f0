"""Readers of a pipe that will never see its end: the only writers left have it open by accident."""

from collections.abc import Iterable

from sockscope.findings.attending import MOST_HOLDERS, attends, inherited
from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.findings.wait_graph import READS
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.wait import Wait

NAME = "no-eof"
SECONDS = 5.0
"""For so long the reader has to have waited: whoever is about to write does so before."""
MOST = 8
"""Writers that are named."""


def _find(look: Look) -> Iterable[Finding]:
    for key, said in look.world.waits.items():
        for wait in said.waits:
            if wait.call in READS and not wait.halted and look.world.stood_still(wait) >= SECONDS:
                yield from _of_reader(look, key, wait)


def _of_reader(look: Look, key: ProcessKey, wait: Wait) -> Iterable[Finding]:
    read = look.graph.descriptor(key, wait)
    if read is None or read.kind != "pipe" or read.unproven:
        return
    known = look.world.holders(read.object)
    if len(known) > MOST_HOLDERS:
        return
    holders = [one for one in known if _writes(look, one)]
    others = [one for one in holders if one.process != key]
    how = [inherited(look, one) for one in others]
    if not others or not all(how) or any(attends(look, one) for one in others):
        return
    first = others[0]
    yield Finding(
        rule=NAME,
        severity="suspect",
        confidence="inferred",
        id=finding_id(NAME, read.object),
        subjects=(read.key, *others[:MOST]),
        sentence=f"{look.name(key)} waits for the end of a pipe that {look.name(first.process)} keeps open by accident",
        evidence=(
            f"{look.title(key)}: {wait.call}({wait.fd}), {read.target}, for {look.world.time - wait.since:.0f} s",
            *how[:MOST],
            "none of them waits on it or watches it",
        ),
        refuted_by="that one of them writes to it later",
        since=wait.since,
    )


def _writes(look: Look, key: DescriptorKey) -> bool:
    descriptor = look.descriptor(key)
    return descriptor is not None and not descriptor.named_only and "w" in (descriptor.access or "rw")


RULE = Rule(NAME, "a reader whose only writers have the pipe open by accident", _find, looks=2, seconds=SECONDS)
