"""What every view is told in: titled sections of lines, some of which lead somewhere. No screen in here."""

import sys
from collections.abc import Iterable, Sequence

from msgspec import Struct

from sockscope.model.confidence import Confidence
from sockscope.world.relations.tie import Tie
from sockscope.world.subjects import SubjectKey

Span = tuple[str, str]
"""Text, and the role it plays; role "" is plain text."""
CONFIDENCE_ROLES: dict[Confidence, str] = {"proven": "good", "inferred": "warn", "unknown": "bad"}
OF_KIND = "kind of "
"""A role that begins so is that of the kind named behind it; views that have colours know which."""


class Line(Struct, frozen=True):
    """One line of a section."""

    spans: tuple[Span, ...]
    follow: SubjectKey | None = None
    """What it leads to, None for a line that only says something."""
    breaks: bool = False
    """Whether a narrow view may break it at its spaces; other lines are cut."""

    @property
    def text(self) -> str:
        """Return its text without roles."""
        return "".join(text for text, _ in self.spans).rstrip()


class Section(Struct, frozen=True):
    """A title with lines below it."""

    name: str
    """Also its identity: what is folded stays folded by name. "" for what stands above all sections."""
    lines: tuple[Line, ...]
    count: int | None = None
    evidence: tuple[Span, ...] = ()
    """How the lines are known, and how sure that is; stands beside the title."""


class Voice(Struct, frozen=True):
    """How much a view says of what is many."""

    lines: int = sys.maxsize
    """Most entries of one section."""
    apart: int = sys.maxsize
    """Most holders that are named of those who have opened the object for themselves."""
    rest: tuple[Span, ...] = ()
    """How to see what is left out."""
    inside: tuple[Span, ...] = ()
    """How to see what a thread in poll(2) or select(2) waits on."""

    def left_out(self, number: int, what: str = "more") -> list[Line]:
        """Say how many entries were left out; nothing where none was."""
        if number <= 0:
            return []
        how: tuple[Span, ...] = ((": ", "dim"), *self.rest) if self.rest else ()
        return [Line(((f"  … and {number:,} {what}", "dim"), *how))]


def evidence(confidence: Confidence, how: str = "") -> tuple[Span, ...]:
    """Say how sure a statement is, and how that is known."""
    said: tuple[Span, ...] = ((confidence, CONFIDENCE_ROLES[confidence]),)
    return (*said, (f", {how}", "dim")) if how else said


def common(ties: Sequence[Tie]) -> tuple[Span, ...]:
    """Say how sure all ties are at once; "see each" where they differ."""
    first = ties[0]
    if all((tie.confidence, tie.evidence) == (first.confidence, first.evidence) for tie in ties):
        return evidence(first.confidence, first.evidence)
    return (("see each", "dim"),)


def own(tie: Tie, ties: Iterable[Tie]) -> tuple[Span, ...]:
    """Say how sure one tie is where the title could not say it of all; nothing where it did."""
    if all((tie.confidence, tie.evidence) == (one.confidence, one.evidence) for one in ties):
        return ()
    return (("  ", ""), *evidence(tie.confidence, tie.evidence))


def said(text: str, role: str = "") -> Line:
    """Return a line that may be broken and leads nowhere."""
    return Line(((text, role),), breaks=True)


def field_line(name: str, *spans: Span, follow: SubjectKey | None = None, name_width: int = 10) -> Line:
    """Return a line with a name and a value in columns."""
    return Line(((f"{name:<{name_width}} ", "dim"), *spans), follow)
