"""Every statement carries one of three words and says how it is known: in every document, for a world that has all."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import pytest

from sockscope.model.confidence import Confidence
from sockscope.report.encoding import to_json
from sockscope.report.sections.processes import neighbours
from sockscope.report.sections.section import Section, Span, Voice
from sockscope.report.sections.writers import sections_of, sections_of_unheld
from sockscope.report.selection import Selection
from sockscope.report.show import show_document, show_process_document
from sockscope.report.snapshot import snapshot_document
from sockscope.world.relations.registry import RELATIONS
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.world import World
from tests.report.rich import descriptor_answer, process_answer, world_of_every_relation

WORDS = set(get_args(Confidence))
STATEMENTS = ("peers", "siblings", "listeners", "connections", "watchers", "targets", "waiting", "pending",
              "outside", "links", "background_readers", "futexes")  # fmt: skip
"""Lists whose every entry states something."""
ONES = ("queue", "terminal")
"""Objects that state something themselves."""
BESIDE = {
    "holders": ("holders_confidence", "holders_evidence"),
    "in_flight": ("in_flight_confidence", "in_flight_evidence"),
    "object": ("object_confidence", "object_evidence"),
    "unheld": ("unheld_confidence", "unheld_evidence"),
}
"""Where word and evidence stand beside the statement, in the records that have them."""


def documents(made: World) -> Iterator[Any]:
    """Everything that JSON says of a world, asked in depth."""
    yield snapshot_document(made, Selection())
    yield snapshot_document(made, Selection(pids=frozenset({10})))
    for key in made.processes:
        yield show_process_document(made, key, process_answer(key.pid))
    for key in [entry.key for table in made.tables.values() for entry in table.values()]:
        yield show_document(made, key, descriptor_answer(key.pid, key.fd))


def statements(value: Any, name: str = "$") -> Iterator[tuple[str, Any, Any]]:
    """Name, word and evidence of everything that is stated in a document."""
    if isinstance(value, list):
        for one in value:
            if name in STATEMENTS:
                yield name, one.get("confidence"), one.get("evidence")
            yield from statements(one, name)
    elif isinstance(value, dict):
        if name in ONES:
            yield name, value.get("confidence"), value.get("evidence")
        for said, (word, evidence) in BESIDE.items():
            if word in value and value[said]:
                yield said, value[word], value[evidence]
        for relation, ties in value.get("relations", {}).items():
            yield from ((relation, tie["confidence"], tie["evidence"]) for tie in ties)
        for inner, one in value.items():
            yield from statements(one, inner)


def everything() -> list[tuple[str, Any, Any]]:
    made = world_of_every_relation()
    return [one for document in documents(made) for one in statements(json.loads(to_json(document)))]


def test_no_statement_in_json_lacks_its_word_or_its_evidence() -> None:
    assert [one for one in everything() if one[1] not in WORDS or not one[2]] == []


@pytest.mark.parametrize("name", [*STATEMENTS, *ONES, *BESIDE])
def test_the_world_states_something_of_each_relation(name: str) -> None:
    """Otherwise the test above would be content with nothing."""
    assert name in {said for said, _, _ in everything()}


# What pane and text say


def told(made: World) -> Iterator[Section]:
    """Every section of every relation, of all descriptors and of all sockets that nobody holds."""
    for key in [entry.key for table in made.tables.values() for entry in table.values()]:
        related = made.related(key)
        assert related is not None
        subject = Subject(related.descriptor, related.socket, descriptor_answer(key.pid, key.fd))
        sections = sections_of(made, related, subject, Voice())
        yield from (*sections.first, *sections.last)
    for socket, _ in made.unheld():
        yield from sections_of_unheld(made, Subject(None, socket), Voice()).first


def has_word(spans: Iterable[Span]) -> bool:
    """Whether they say how sure something is, and how that is known."""
    words = [number for number, (text, _) in enumerate(spans) if text in WORDS]
    return any(re.match(r", \S", text) for text, _ in list(spans)[words[0] + 1 :]) if words else False


def test_no_section_lacks_its_word_or_its_evidence() -> None:
    for section in told(world_of_every_relation()):
        each = [has_word(line.spans) for line in section.lines]
        assert has_word(section.evidence) or (section.evidence == (("see each", "dim"),) and any(each)), section


def test_every_link_between_neighbours_has_its_own() -> None:
    made = world_of_every_relation()
    for key in made.processes:
        for section in neighbours(made, made.neighbours([key]), {}, Voice()):
            between = [line for line in section.lines if line.follow is None]
            assert len(between) >= section.count
            assert all(has_word(line.spans) for line in between)


@pytest.mark.parametrize("relation", list(RELATIONS), ids=lambda one: one.name)
def test_the_world_has_ties_of_each_relation(relation: Relation[Any]) -> None:
    """Otherwise the tests above would be content with nothing."""
    assert relation.title in {section.name for section in told(world_of_every_relation())}
