"""Which pane belongs to which row."""

from sockscope.frames.messages import Answer
from sockscope.model.keys import ProcessKey
from sockscope.tui.panes.descriptor import descriptor_sections
from sockscope.tui.panes.gathered import gathered_sections
from sockscope.tui.panes.process import group_sections, process_sections
from sockscope.tui.panes.section import Section, text_line
from sockscope.tui.panes.unheld import unheld_sections
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import GroupKey, RowKey, UnheldKey
from sockscope.tui.rows.surroundings import Surroundings


def selection_sections(
    rows: Rows,
    key: RowKey | None,
    around: Surroundings,
    answer: Answer | None,
    asked: list[Section],
    width: int,
    *,
    raw: bool,
) -> list[Section]:
    """Tell what is known of a row.

    Args:
        rows: the list that it is a row of.
        key: which row.
        around: what is related to it.
        answer: what an inspection found, if any.
        asked: what was asked for on request.
        width: cells of a line.
        raw: whether fdinfo is shown as the kernel wrote it.
    """
    if key is None:
        return []
    found = _sections(rows, key, around, answer, asked, width, raw=raw)
    if found is None:
        return [Section("", (text_line("It is gone.", "dim"),))]
    if answer is not None and answer.error:
        found.append(Section("Not inspected", (text_line(answer.error, "warn"),)))
    return found


def _sections(
    rows: Rows,
    key: RowKey,
    around: Surroundings,
    answer: Answer | None,
    asked: list[Section],
    width: int,
    *,
    raw: bool,
) -> list[Section] | None:
    world = rows.world
    if around.related is not None:
        return descriptor_sections(world, around.related, answer, asked, width, raw=raw)
    if isinstance(key, UnheldKey):
        return unheld_sections(rows, key, width)
    if isinstance(key, GroupKey):
        if key.by != "pgrp":
            return gathered_sections(rows, key, around, width)
        group = world.group(int(key.id))
        threads = rows.contents.selection.kernel_threads
        return None if group is None else group_sections(world, group, around, width, kernel_threads=threads)
    if isinstance(key, ProcessKey):
        process = world.processes.get(key)
        report = None if answer is None else answer.process
        return None if process is None else process_sections(world, process, around, report, asked, width)
    return None
