"""The rule about skips, applied to a small suite of its own."""

import os
from pathlib import Path

import pytest

from tests import features

ROOT = Path(__file__).parent.parent

SUITE = """
    import pytest
    from tests import features

    features.PROBES["the moon"] = lambda: features.Missing("no moon tonight", kernel=True)
    features.PROBES["a ladder"] = lambda: features.Missing("no ladder installed")

    def test_that_needs_nothing():
        pass

    @pytest.mark.needs("the moon")
    def test_that_needs_the_moon():
        pass

    @pytest.mark.needs("a ladder")
    def test_that_needs_a_ladder():
        pass

    def test_that_finds_out_late(require):
        require("a ladder")

    @pytest.mark.skipif(True, reason="not today")
    def test_that_skips_itself():
        pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("SOCKSCOPE_REQUIRE_ALL", raising=False)
    pytester.makepyfile(test_small=SUITE)
    return pytester


def run(suite: pytest.Pytester) -> pytest.RunResult:
    return suite.runpytest_subprocess("-p", "tests.requirements", "-ra", "--strict-markers")


def test_a_missing_need_skips_with_its_reason_and_is_counted(suite: pytest.Pytester) -> None:
    result = run(suite)
    result.assert_outcomes(passed=1, skipped=4)
    result.stdout.fnmatch_lines([
        "*1 skipped: the kernel of this machine lacks the feature",
        "*3 skipped: would run after `make test` as root*",
        "SKIPPED*no moon tonight",
    ])  # fmt: skip
    result.stdout.fnmatch_lines(["SKIPPED*no ladder installed"])
    assert result.ret == pytest.ExitCode.OK


def test_where_everything_must_run_only_the_kernel_excuses(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCKSCOPE_REQUIRE_ALL", "1")
    result = run(suite)
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["skipped"]) == (1, 1)
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 3
    result.stdout.fnmatch_lines(["*should run here: no ladder installed (SOCKSCOPE_REQUIRE_ALL=1)*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_where_everything_must_run_a_module_may_not_skip_itself(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCKSCOPE_REQUIRE_ALL", "1")
    suite.makepyfile(test_small='import pytest\npytest.importorskip("no_such_module")\n')
    result = run(suite)
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*should run here: *no_such_module*"])


def test_the_summary_line_is_the_last_line(suite: pytest.Pytester) -> None:
    last = [line for line in run(suite).outlines if line][-1]
    assert "1 passed" in last
    assert "4 skipped" in last


@pytest.mark.parametrize("need", sorted(features.PROBES))
def test_every_probe_gives_an_answer_on_this_machine(need: str) -> None:
    missing = features.missing(need)
    assert missing is None or missing.reason


def test_a_need_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        features.missing("the philosopher's stone")


def test_root_is_what_the_uid_says() -> None:
    assert (features.missing("root") is None) == (os.geteuid() == 0)
