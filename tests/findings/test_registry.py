"""Every rule is found, and is told of in the documents."""

import pkgutil
import re
from pathlib import Path

import pytest

from sockscope.findings import rules
from sockscope.findings.diagnosis import MOST, Diagnosis
from sockscope.findings.registry import BY_NAME, RULES
from sockscope.findings.rule import Rule
from sockscope.model.coverage import Coverage
from tests.findings.looking import waits
from tests.world.build import NOW, frame, pipe_fd, world

DOCUMENT = Path(__file__).parents[2] / "docs" / "findings.md"
TWO_PIPES = (pipe_fd(10, 3, 1, "w"), pipe_fd(10, 4, 2, "r"), pipe_fd(11, 3, 2, "w"), pipe_fd(11, 4, 1, "r"))


def test_every_module_of_the_room_is_a_rule_of_its_name() -> None:
    modules = {found.name.replace("_", "-") for found in pkgutil.iter_modules(rules.__path__)}
    assert modules == BY_NAME.keys()
    assert len(RULES) >= 8


def test_every_rule_has_its_row_in_the_document_and_every_row_its_rule() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|(.*)\|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for name, _ in rows} == BY_NAME.keys()
    assert all(len([cell for cell in row.split(" | ") if cell.strip()]) == 5 for _, row in rows)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_test_of_its_own(rule: Rule) -> None:
    assert (Path(__file__).parent / f"test_{rule.name.replace('-', '_')}.py").exists()


def test_nothing_is_found_before_anything_was_read() -> None:
    made = world(*TWO_PIPES, waits=(waits(10, "write", 3), waits(11, "write", 3)), preview=True)
    assert Diagnosis().look(made) == ()


def test_a_finding_keeps_its_id_and_is_found_by_its_subjects() -> None:
    diagnosis, made = Diagnosis(), world(*TWO_PIPES, waits=(waits(10, "write", 3), waits(11, "write", 3)))
    (first,) = diagnosis.look(made)
    made.apply(frame(full=False, seq=2, time=NOW + 5))
    (second,) = diagnosis.look(made)
    assert first.id == second.id
    for subject in (*second.subjects, *second.processes):
        assert diagnosis.by_subject[subject] == (second,)


def test_a_look_that_was_taken_already_is_not_counted_again() -> None:
    diagnosis, made = Diagnosis(), world(*TWO_PIPES, waits=(waits(10, "write", 3), waits(11, "write", 3)))
    assert diagnosis.look(made) is diagnosis.look(made)


def test_what_has_not_had_its_turn_yet_may_hold_anything() -> None:
    said = waits(10, "write", 3), waits(11, "write", 3)
    begun = world(*TWO_PIPES, waits=said, coverage=Coverage(processes=9, waiting_processes=3, unreadable_processes=3))
    assert Diagnosis().look(begun) == ()
    left = world(*TWO_PIPES, waits=said, coverage=Coverage(processes=9, partly_read=1, unread_descriptors=7))
    assert [one.severity for one in Diagnosis().look(left)] == ["suspect"]


def test_of_thousands_a_bounded_number_is_kept() -> None:
    many = range(10, 1010)
    ends = [end for pid in many for end in (pipe_fd(pid, 3, pid, "r"), pipe_fd(pid, 4, pid, "w"))]
    made = world(*ends, waits=tuple(waits(pid, "read", 3) for pid in many))
    assert len(Diagnosis().look(made)) == MOST
