"""The page that explains the selected row: what it waits for, who could end that, and what that one waits for.

Below stands what is known to be wrong with whoever is on the way: some of it, as what spins or leaks, is in no wait.
"""

from collections.abc import Iterator

from rich.cells import cell_len

from sockscope.findings.look import Look, Memory
from sockscope.findings.why import Step, why
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report.findings import HERE, lead
from sockscope.tui.pages.findings import finding_lines
from sockscope.tui.pages.page import Page
from sockscope.tui.panes.section import PaneLine, Section, text_line, wrapped
from sockscope.tui.session import Session


def _sections(session: Session, width: int) -> list[Section]:
    title = text_line("Why it does not go on", "title")
    subject = session.rows.subject
    steps = why(Look(session.world, Memory()), subject) if isinstance(subject, ProcessKey | DescriptorKey) else []
    if not steps:
        return [Section("", (title, text_line("Only a process or a descriptor waits for something.", "dim")))]
    found = session.diagnosis.about(step.subject for step in steps if step.subject is not None)
    chain = (line for step in steps for line in _lines(step, width))
    return [Section("", (title, *chain, *(line for one in found for line in finding_lines(session, one, width))))]


def _lines(step: Step, width: int) -> Iterator[PaneLine]:
    """Write a step, what goes beyond `width` below itself: the sign of the end is never cut."""
    before = f"{lead(step)}  "
    room = width - cell_len(before)
    lines = [line.spans for line in wrapped(step.what, room, "kind-event")]
    if step.end:
        sign = (f"   {HERE}", "bad")
        beside = cell_len("".join(text for text, _ in lines[-1])) + cell_len(sign[0]) <= room
        lines = [*lines[:-1], (*lines[-1], sign)] if beside else [*lines, (sign,)]
    for number, spans in enumerate(lines):
        yield PaneLine(((" " * cell_len(before) if number else before, "accent"), *spans), step.subject)


PAGE = Page("why", "w", "Why the selected row does not go on", _sections)
