"""What has to be said wherever a process is named: whose thread it is, whose table it has, how it knows itself."""

from sockscope.model.process import Process
from sockscope.report.sections.section import Span


def process_marks(process: Process) -> list[Span]:
    """Say what a pid alone would hide, each with a blank behind it."""
    spans: list[Span] = []
    if process.thread_of:
        spans.append((f"thread of {process.thread_of}, table of its own ", "dim"))
    if process.table_of:
        spans.append((f"shares the table of {process.table_of} ", "dim"))
    if process.inner_pid:
        spans.append((f"pid {process.inner_pid} inside ", "dim"))
    return spans
