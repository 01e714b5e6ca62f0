"""Which relation has a writer of its own; all others are told alike."""

from sockscope.report.sections import epolls, holders, processes, sockets, terminal
from sockscope.report.sections.section import Voice
from sockscope.report.sections.telling import Telling, Told, Writer, relation_sections
from sockscope.world.relations.answers import Related
from sockscope.world.relations.related import in_depth, ties
from sockscope.world.relations.relation import Subject
from sockscope.world.world import World

WRITERS: dict[str, Writer] = {
    "holders": holders.held_by,
    "unheld": sockets.why_unheld,
    "waits_at": sockets.listeners,
    "peers": holders.other_end,
    "handle_on": processes.handle_on,
    "in_flight": processes.in_flight,
    "watchers": epolls.watched_by,
    "siblings": sockets.same_address,
    "queue": sockets.not_accepted,
    "may_wait": sockets.may_wait,
    "listeners": sockets.listeners,
    "connections": sockets.came_in,
    "targets": epolls.targets,
    "waiting": processes.waiting_now,
    "terminal": terminal.terminal_of,
}


def sections_of(world: World, related: Related, subject: Subject, voice: Voice) -> Told:
    """Tell everything that is related to a descriptor; `subject` is that, with the collector's answer if any."""
    found = {**related.ties, **in_depth(world, subject)}
    return relation_sections(Telling(world, subject, found, voice), WRITERS, holders.plain)


def sections_of_unheld(world: World, subject: Subject, voice: Voice) -> Told:
    """Tell everything that is related to a socket that no descriptor leads to."""
    found = {**ties(world, subject), **in_depth(world, subject)}
    return relation_sections(Telling(world, subject, found, voice), WRITERS, holders.plain)
