"""The page of sums: what the whole machine and each of its users have open, against the limits.

The pane tells the same of a process, a group or a user that is selected; on a machine that is too large to be counted
at each refresh, `snapshot --summary` counts it once.
"""

from sockscope.report.sections.sums import host_text, user_text
from sockscope.tui.pages.page import Page
from sockscope.tui.panes.process import counted_sections
from sockscope.tui.panes.section import Section, text_line, wrapped_field
from sockscope.tui.rows.surroundings import AT_REST
from sockscope.tui.session import Session
from sockscope.world.sums import user_sums
from sockscope.world.world import World

NAME_WIDTH = 16


def _sections(session: Session, width: int) -> list[Section]:
    world = session.world
    said = [text_line("Sums", "title"), *map(text_line, host_text(world.limits))]
    return [Section("", tuple(said)), *_users(world, width), *counted_sections(world, world.processes, width)]


def _users(world: World, width: int) -> list[Section]:
    if world.previewed or sum(map(len, world.tables.values())) > AT_REST:
        return []
    found = user_sums(world, world.processes.values())
    lines = [
        line for one in found for line in wrapped_field(one.user, user_text(one, world.limits), width, "", NAME_WIDTH)
    ]
    return [Section("Users", tuple(lines), len(found))]


PAGE = Page("sums", "S", "Sums: what is open of what, against the limits", _sections)
