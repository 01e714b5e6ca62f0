"""Sections of everything that is related to a subject: one loop over the relations, for every view."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sockscope.report.sections.section import Section, Voice
from sockscope.world.relations.registry import RELATIONS
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie
from sockscope.world.world import World


class Telling(Struct, frozen=True):
    """What is told of, and how much."""

    world: World
    subject: Subject
    ties: Mapping[str, tuple[Tie, ...]]
    """All relations of the subject, those that are found in depth as well."""
    voice: Voice


Writer = Callable[[Telling, Relation[Any], Sequence[Any]], list[Section]]
"""Writes the sections of one relation that has found something."""


class Told(Struct, frozen=True):
    """The sections of a subject's relations."""

    first: list[Section]
    last: list[Section]
    """What is told after everything else: of the process that holds it."""


def relation_sections(telling: Telling, writers: Mapping[str, Writer], plain: Writer) -> Told:
    """Tell all relations that found something, in their order; those without a writer of their own by `plain`."""
    told = Told([], [])
    for relation in RELATIONS:
        ties = telling.ties.get(relation.name, ())
        if ties:
            sections = writers.get(relation.name, plain)(telling, relation, ties)
            (told.last if relation.last else told.first).extend(sections)
    return told
