"""Which pane belongs to which row."""

from sockscope.frames.messages import Answer
from sockscope.model.keys import ProcessKey
from sockscope.tui.descriptor_pane import descriptor_sections
from sockscope.tui.process_pane import group_sections, process_sections
from sockscope.tui.rowkeys import GroupKey, UnheldKey
from sockscope.tui.rows import Rows
from sockscope.tui.section import Section, text_line
from sockscope.tui.unheld_pane import unheld_sections


def selection_sections(
    rows: Rows, answer: Answer | None, options: list[Section], width: int, *, raw: bool
) -> list[Section]:
    """Tell what is known of the row under the cursor.

    `answer` is what an inspection found, if any; `options` is what was asked for on request.
    """
    key = rows.cursor
    found: list[Section] | None = None
    if key is None:
        return []
    if isinstance(key, GroupKey):
        group = rows.world.group(key.id)
        found = None if group is None else group_sections(rows.world, group, rows.surroundings, width)
    elif isinstance(key, ProcessKey):
        process = rows.world.processes.get(key)
        report = None if answer is None else answer.process
        found = None if process is None else process_sections(rows.world, process, rows.surroundings, report, width)
    elif isinstance(key, UnheldKey):
        found = unheld_sections(rows, key, width)
    elif rows.related is not None:
        found = descriptor_sections(rows.world, rows.related, answer, options, width, raw=raw)
    if found is None:
        return [Section("", (text_line("It is gone.", "dim"),))]
    if answer is not None and answer.error:
        found.append(Section("Not inspected", (text_line(answer.error, "warn"),)))
    return found
