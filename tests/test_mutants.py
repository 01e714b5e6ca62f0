"""What `make mutants` falsifies is falsified."""

import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / "scripts/mutants.py"))


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (True, 1),
        ("kcmp", 1),
        (3, 1),
        (b"[epoll]", 1),
        ((b"one", b"two"), 3),
        ((), 1),
        (frozenset({"pipe"}), 2),
        ({"tcp": "net", "unix": "unix"}, 5),
        (None, 1),
    ],
)
def test_every_falsehood_is_another_value(value: Any, count: int) -> None:
    found = [false for _, false in SCRIPT["falsehoods"](value)]
    assert len(found) == count
    assert all(false != value for false in found)


def test_a_function_answers_otherwise() -> None:
    ((_, lie),) = SCRIPT["falsehoods"](lambda number: {"number": number})
    assert lie(3) != {"number": 3}


def test_a_value_that_it_cannot_falsify_is_not_passed_over() -> None:
    with pytest.raises(TypeError):
        list(SCRIPT["falsehoods"](object()))


def test_one_fact_of_a_kind_is_many_mutants_and_each_is_told_apart() -> None:
    subject = SCRIPT["SUBJECTS"]["kinds"]
    found = SCRIPT["mutants"](subject, ["landlock"])
    assert len(found) == len(set(found))
    assert [one.about for one in found if one.fact == "anon"] == [
        "without b'[landlock-ruleset]'",
        "without b'landlock-ruleset'",
        "one more",
    ]


def test_a_name_that_nothing_has_is_no_success(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[1])  # and back: it goes where it belongs
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert SCRIPT["main"](["kinds", "landlocked"]) == 2
    assert capsys.readouterr().out == "none of the kinds is called landlocked\n"
