"""The page that explains the selected row: what it waits for, who could end that, and what that one waits for."""

from sockscope.findings.look import Look, Memory
from sockscope.findings.why import Step, why
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report.findings import HERE, lead
from sockscope.tui.pages.page import Page
from sockscope.tui.panes.section import PaneLine, Section, text_line
from sockscope.tui.session import Session


def _sections(session: Session, _width: int) -> list[Section]:
    title = text_line("Why it does not go on", "title")
    subject = session.rows.subject
    steps = why(Look(session.world, Memory()), subject) if isinstance(subject, ProcessKey | DescriptorKey) else []
    if not steps:
        return [Section("", (title, text_line("Only a process or a descriptor waits for something.", "dim")))]
    return [Section("", (title, *map(_line, steps)))]


def _line(step: Step) -> PaneLine:
    end = ((f"   {HERE}", "bad"),) if step.end else ()
    return PaneLine(((f"{lead(step)}  ", "accent"), (step.what, "kind-event"), *end), step.subject)


PAGE = Page("why", "w", "Why the selected row does not go on", _sections)
