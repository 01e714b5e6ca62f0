"""The page of differences: what is another since the marked moment; each line leads to the row that it is about."""

from sockscope.compare.entry import Entry
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report.diff_text import PARTS
from sockscope.report.diff_words import SIGNS, apart_text, counts_text, entry_text
from sockscope.tui.pages.page import Page
from sockscope.tui.panes.section import PaneLine, Section, key_span, text_line, wrapped
from sockscope.tui.session import Session
from sockscope.world.world import World

MOST = 300
"""Entries that are written out; the others are counted."""
ROLES = {"replaced": "accent", "gone": "gone", "new": "new", "changed": "changed"}


def _sections(session: Session, width: int) -> list[Section]:
    title, moment = text_line("What is another", "title"), session.moment
    if moment.since is None or moment.found is None:
        how = PaneLine((("No moment is marked; ", "dim"), key_span("app.moment", "dim"), (" marks one.", "dim")))
        return [Section("", (title, how))]
    after, found = moment.found
    about = wrapped(apart_text(moment.since.before, after), width, "dim") + wrapped(counts_text(found), width, "dim")
    if found.equal:
        return [Section("", (title, *about, text_line("Nothing is another.")))]
    sections = [Section("", (title, *about))]
    for subject, name in PARTS.items():
        entries = [one for one in found.entries if one.subject == subject]
        lines = [line for one in entries[:MOST] for line in _entry(session.world, one, width)]
        if len(entries) > MOST:
            lines.append(text_line(f"… and {len(entries) - MOST:,} more", "dim"))
        sections += [Section(name, tuple(lines), len(entries))] if entries else []
    return sections


def _entry(world: World, entry: Entry, width: int) -> list[PaneLine]:
    sign, text = SIGNS[entry.change], entry_text(entry)[2:]
    follow = _row(world, entry)
    first, *rest = wrapped(text, max(8, width - 2))
    lead = PaneLine(((f"{sign} ", ROLES[entry.change]), *first.spans), follow)
    return [lead, *(PaneLine((("  ", ""), *line.spans), follow) for line in rest)]


def _row(world: World, entry: Entry) -> DescriptorKey | ProcessKey | None:
    """Return the row that an entry leads to: what is there now, or else the process that had it."""
    for place in entry.places_after[:1]:
        process = world.process(place.pid)
        return None if process is None else DescriptorKey(*process.key, place.fd)
    for pid in (*entry.pids_after[:1], *entry.pids_before[:1]):
        process = world.process(pid)
        if process is not None:
            return process.key
    return None


PAGE = Page(
    "diff",
    "D",
    "What is another since the marked moment",
    _sections,
    follows=False,
    ask=lambda session: session.moment.compare(),
)
"""Compared when it is opened: that takes as long as all that is there, and a refresh as long as what has changed."""
