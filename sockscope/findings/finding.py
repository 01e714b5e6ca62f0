"""A finding: one conclusion with its subjects, its proof, and what would refute it."""

from typing import Literal

from msgspec import Struct

from sockscope.model.confidence import Confidence
from sockscope.model.keys import DescriptorKey, ProcessKey

Severity = Literal["sick", "suspect", "note"]
"""`sick`: something is wrong. `suspect`: it looks so, and there is an explanation that could not be excluded.
`note`: worth knowing."""
SEVERITIES: tuple[Severity, ...] = ("sick", "suspect", "note")
"""The worst first."""
Subject = ProcessKey | DescriptorKey


class Finding(Struct, frozen=True, kw_only=True):
    """One conclusion of one rule."""

    rule: str
    severity: Severity
    confidence: Confidence
    id: str
    """The same at the next look and in the next run as long as it is about the same objects: rule and objects."""
    subjects: tuple[Subject, ...]
    """Who or what it is about, the one to go to first; each has a row."""
    sentence: str
    """What is wrong, in one line that names processes and numbers."""
    evidence: tuple[str, ...] = ()
    """How it is known, a line each."""
    refuted_by: str = ""
    """What would show that it is not so, though it looks so."""
    since: float = 0.0
    """Seconds since the epoch since when it has been so, as far as was looked."""

    @property
    def processes(self) -> tuple[ProcessKey, ...]:
        """Processes of the subjects, each once, in their order."""
        keys = (one.process if isinstance(one, DescriptorKey) else one for one in self.subjects)
        return tuple(dict.fromkeys(keys))


def finding_order(finding: Finding) -> tuple[int, float, str]:
    """Sort the worst first, the oldest first among equals."""
    return SEVERITIES.index(finding.severity), finding.since, finding.id


def finding_id(rule: str, *objects: object) -> str:
    """Name a finding by what it is about, in any order."""
    return f"{rule}:" + ",".join(sorted({str(one) for one in objects}))
