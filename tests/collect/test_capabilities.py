"""How it is put into words that processes do not answer."""

import pytest

from sockscope.collect.capabilities import _answers, notes
from sockscope.collect.patience import MOST


def named(count: int) -> list[str]:
    return [f"{pid} (java)" for pid in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "beginning", "end"),
    [
        (1, "process 1 (java) does not answer (in state D, as ", "): its descriptors are left out"),
        (2, "processes 1 (java), 2 (java) do not answer (", "): their descriptors are left out"),
        (5, "processes 1 (java), 2 (java), 3 (java) and 2 more do not answer (", "): their descriptors are left out"),
        (MOST, "processes 1 (java), ", "and so are those of any other in state D meanwhile"),
    ],
)
def test_who_does_not_answer_is_named_or_counted(count: int, beginning: str, end: str) -> None:
    found = _answers(named(count))
    assert (found.available, found.gain) == (False, "")
    assert found.costs.startswith(beginning)
    assert found.costs.endswith(end)


def test_nothing_is_lost_where_everybody_answers() -> None:
    assert (_answers([]).available, _answers([]).costs) == (True, "")


def test_namespaces_that_were_not_entered_are_counted_by_reason_however_many_they_are() -> None:
    assert notes((), {7: "Permission denied"}) == ["network namespace 7 was not entered: Permission denied"]
    many = {**dict.fromkeys(range(1, 2001), "gone"), -5000: "denied"}
    assert notes((), many) == [
        "2000 network namespaces were not entered: gone",
        "network namespace 5000 was not entered: denied",
    ]
