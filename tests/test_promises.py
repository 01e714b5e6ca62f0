"""Every promise of SECURITY.md stands in docs/security.md, beside tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROMISE = re.compile(r"^\d\. \*\*(.+?)\.\*\*", re.MULTILINE)
ROW = re.compile(r"^\| ([^|]+?) \|.*\| ([^|]+?) \|$", re.MULTILINE)
TEST = re.compile(r"`(?:tests/)?((?:[a-z]+/)*test_[a-z_]+\.py)`")


def promises() -> list[str]:
    return PROMISE.findall((ROOT / "SECURITY.md").read_text(encoding="utf-8"))


def proofs() -> dict[str, list[str]]:
    table = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("## Promises and proofs")[2]
    return {promise: TEST.findall(tests) for promise, tests in ROW.findall(table)}


def test_there_are_promises() -> None:
    assert len(promises()) == 7


@pytest.mark.parametrize("promise", promises())
def test_a_promise_has_its_attacks_among_the_tests(promise: str) -> None:
    assert proofs().get(promise)


def test_every_test_that_is_named_as_a_proof_is_there() -> None:
    named = {test for tests in proofs().values() for test in tests}
    assert sorted(test for test in named if not (ROOT / "tests" / test).is_file()) == []
