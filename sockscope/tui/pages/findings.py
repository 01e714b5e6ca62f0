"""The page of findings: what is wrong, the worst first, with the proof; each leads to the row that it is about."""

from sockscope.findings.finding import Finding
from sockscope.model.keys import DescriptorKey
from sockscope.tui.pages.page import Page
from sockscope.tui.panes.section import PaneLine, Section, key_span, text_line, wrapped
from sockscope.tui.session import Session
from sockscope.tui.signs import FOUND, FOUND_ROLES

MOST = 100
"""Findings that are written out; the others are counted."""
SUBJECTS = 8
INDENT = 4


def _sections(session: Session, width: int) -> list[Section]:
    found = session.diagnosis.findings
    title = text_line("Findings", "title")
    if not found:
        coverage, previewed = session.world.coverage, session.world.previewed
        reading = previewed or coverage.waiting_processes or not session.world.seq
        said = "Not everything was read yet; then the rules are asked." if reading else "Nothing is known to be wrong."
        return [Section("", (title, text_line(said, "dim")))]
    lines = [line for one in found[:MOST] for line in finding_lines(session, one, width)]
    if len(found) > MOST:
        lines.append(text_line(f"… and {len(found) - MOST} more", "dim"))
    how = PaneLine((("the row that is selected is explained by ", "dim"), key_span("app.why", "dim")))
    return [Section("", (title, how, *lines))]


def finding_lines(session: Session, finding: Finding, width: int) -> list[PaneLine]:
    """Write one finding with its proof in `width` cells, below an empty line; each subject leads to its row."""
    role = FOUND_ROLES[finding.severity]
    sign = FOUND.get(finding.severity, "·")
    age = max(0, int(session.world.time - finding.since))
    how = f"{finding.confidence}, {age} s"
    head = ((f"{sign} {finding.severity:<8}", role), (f"{finding.rule}  ", "title"), (how, "dim"))
    lines = [text_line(""), PaneLine(head, finding.subjects[0])]
    lines += _indented(finding.sentence, width, "")
    lines += [line for text in finding.evidence for line in _indented(text, width, "dim")]
    if finding.refuted_by:
        lines += _indented(f"refuted by {finding.refuted_by}", width, "dim")
    for subject in finding.subjects[:SUBJECTS]:
        key = subject.process if isinstance(subject, DescriptorKey) else subject
        process = session.world.processes.get(key)
        name = subject.slot if isinstance(subject, DescriptorKey) else str(subject.pid)
        title = "" if process is None else process.title
        lines.append(PaneLine(((f"{'':{INDENT}}{name}  ", "accent"), (title, "")), subject))
    return lines


def _indented(text: str, width: int, role: str) -> list[PaneLine]:
    return [
        PaneLine(((" " * INDENT, ""), *line.spans), line.follow) for line in wrapped(text, max(8, width - INDENT), role)
    ]


PAGE = Page("findings", "F,0", "Findings: what is wrong, and how that is known", _sections)
