"""The page of blind spots: how much is seen of how much, what is missing for the rest, and what would gain it."""

from collections.abc import Iterable

from sockscope.model.coverage import Capability, Coverage
from sockscope.tui.pages.page import Page
from sockscope.tui.panes.section import PaneLine, Section, text_line, wrapped, wrapped_field
from sockscope.tui.signs import DENIED
from sockscope.world.world import World

SEEN = "✓"
NAME_WIDTH = 20
INDENT = "  "
MOST_LISTED = 50
"""Processes that were read in part that are listed, those of which most was left first."""


def coverage_sections(coverage: Coverage, width: int) -> list[Section]:
    """Tell how much was seen, then what was missing, then what was there."""
    missing = [one for one in coverage.capabilities if not one.available]
    found = [one for one in coverage.capabilities if one.available]
    return [
        Section("", (text_line("Blind spots", "title"), *_counts(coverage, width))),
        *_listed("In this picture", [line for note in coverage.notes for line in _pointed(note, width)]),
        *_listed("Missing", [line for one in missing for line in _missing(one, width)]),
        *_listed("Available", [line for one in found for line in _available(one, width)]),
    ]


def partly_read(world: World) -> list[Section]:
    """List the processes of which not everything was read, each line leading to its row."""
    if not world.coverage.partly_read:
        return []
    found = sorted((one for one in world.processes.values() if one.unread), key=lambda one: (-one.unread, one.pid))
    lines = [
        PaneLine(((f"{one.unread:>9,} left  ", "warn"), (f"{one.pid} {one.title}", "")), one.key)
        for one in found[:MOST_LISTED]
    ]
    if len(found) > MOST_LISTED:
        lines.append(text_line(f"{len(found) - MOST_LISTED:,} more: the filter unread:>0 finds them", "dim"))
    return [Section("Partly read", tuple(lines), len(found))] if lines else []


def _listed(title: str, lines: Iterable[PaneLine]) -> list[Section]:
    shown = tuple(lines)
    return [Section(title, shown)] if shown else []


def _elsewhere(sockets: int) -> str:
    return f", {sockets:,} in network namespaces that could not be seen" if sockets else ""


def _counts(coverage: Coverage, width: int) -> list[PaneLine]:
    read = coverage.processes - coverage.unreadable_processes
    rows = [
        ("processes", f"{read:,} of {coverage.processes:,} read", coverage.unreadable_processes),
        (
            "descriptors",
            f"{coverage.descriptors:,} read, {coverage.unreadable_descriptors:,} known by number only",
            coverage.unreadable_descriptors,
        ),
        (
            "sockets",
            (
                f"{coverage.sockets:,} described, {coverage.unknown_sockets:,} held but described by no interface"
                f"{_elsewhere(coverage.sockets_elsewhere)}"
            ),
            coverage.unknown_sockets + coverage.sockets_elsewhere,
        ),
    ]
    return [
        line
        for name, text, lost in rows
        for line in wrapped_field(name, text, width, "warn" if lost else "", NAME_WIDTH)
    ]


def _pointed(text: str, width: int) -> list[PaneLine]:
    first, *rest = wrapped(text, width - len(INDENT))
    mark = PaneLine(((f"{DENIED} ", "warn"), *first.spans))
    return [mark, *(PaneLine(((INDENT, ""), *line.spans)) for line in rest)]


def _missing(capability: Capability, width: int) -> list[PaneLine]:
    """Say what a missing capability would give, what its want costs now, and the command that gains it."""
    lines = [PaneLine(((f"{DENIED} ", "warn"), (capability.name, "heading")))]
    lines += wrapped_field(f"{INDENT}gives", capability.gives, width, "", NAME_WIDTH)
    lines += wrapped_field(f"{INDENT}costs", capability.costs, width, "warn", NAME_WIDTH)
    gain, role = (capability.gain, "good") if capability.gain else ("nothing known would gain it", "dim")
    return [*lines, *wrapped_field(f"{INDENT}to gain it", gain, width, role, NAME_WIDTH)]


def _available(capability: Capability, width: int) -> list[PaneLine]:
    return wrapped_field(f"{SEEN} {capability.name}", capability.gives, width, "", NAME_WIDTH)


PAGE = Page(
    "coverage",
    "exclamation_mark",
    "Blind spots: what is not seen, and why",
    lambda session, width: [*coverage_sections(session.world.coverage, width), *partly_read(session.world)],
)
