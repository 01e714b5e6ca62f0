"""Findings and chains, as JSON and as text."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from sockscope.abi.text import cut
from sockscope.findings.finding import Finding, Subject
from sockscope.findings.why import Step
from sockscope.model.keys import DescriptorKey
from sockscope.report import records
from sockscope.world.world import World

INDENT = "  "
SIGNS = {"sick": "‼", "suspect": "▲", "note": "·"}
HERE = "◀ here"


class SubjectRecord(Struct, frozen=True):
    """One process or descriptor that a finding is about."""

    pid: int
    fd: int | None
    comm: str


class FindingRecord(Struct, frozen=True):
    """One conclusion of one rule."""

    rule: str
    severity: str
    confidence: str
    id: str
    subjects: list[SubjectRecord]
    sentence: str
    evidence: list[str]
    refuted_by: str
    since: float
    """Seconds since the epoch."""


class Findings(Struct, frozen=True):
    """The document of `findings --format json`."""

    schema: str
    host: str
    time: float
    kernel: str
    looks: int
    findings: list[FindingRecord]


def findings_document(world: World, found: Iterable[Finding], looks: int) -> Findings:
    """Make the document of what was found in some looks."""
    return Findings(
        schema=records.SCHEMA,
        host=world.hello.host if world.hello else "",
        time=world.time,
        kernel=world.hello.kernel if world.hello else "",
        looks=looks,
        findings=[finding_record(world, one) for one in found],
    )


def finding_record(world: World, finding: Finding) -> FindingRecord:
    """Fill in one finding."""
    return FindingRecord(
        rule=finding.rule,
        severity=finding.severity,
        confidence=finding.confidence,
        id=finding.id,
        subjects=[_subject(world, one) for one in finding.subjects],
        sentence=finding.sentence,
        evidence=list(finding.evidence),
        refuted_by=finding.refuted_by,
        since=finding.since,
    )


def _subject(world: World, subject: Subject) -> SubjectRecord:
    key = subject.process if isinstance(subject, DescriptorKey) else subject
    process = world.processes.get(key)
    fd = subject.fd if isinstance(subject, DescriptorKey) else None
    return SubjectRecord(subject.pid, fd, "" if process is None else process.comm)


def findings_text(world: World, found: Sequence[Finding], width: int | None) -> str:
    """Write what was found, the worst first, lines cut to `width` characters."""
    if not found:
        return "Nothing was found.\n"
    lines: list[str] = []
    for one in found:
        age = max(0, int(world.time - one.since))
        lines.append(f"{SIGNS[one.severity]} {one.severity:<8}{one.rule:<12}{one.sentence}")
        lines.append(f"{INDENT * 2}{one.confidence}, for {age} s at least")
        lines += [f"{INDENT * 2}{line}" for line in one.evidence]
        if one.refuted_by:
            lines.append(f"{INDENT * 2}refuted by {one.refuted_by}")
    return "".join(f"{cut(line, width or 0)}\n" for line in lines)


def chain_text(steps: Sequence[Step], width: int | None) -> str:
    """Write a chain as a tree, its ends marked, lines cut to `width` characters."""
    wide = max((len(lead(step)) for step in steps), default=0)
    lines = (f"{lead(step):<{wide}}  {step.what}{f'   {HERE}' if step.end else ''}" for step in steps)
    return "".join(f"{cut(line, width or 0)}\n" for line in lines)


def lead(step: Step) -> str:
    """Write who a step is about, below the one before."""
    return f"{'    ' * (step.depth - 1)} └▶ {step.who}" if step.depth else step.who
