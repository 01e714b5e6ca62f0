"""A test says what it needs; what is skipped is counted; where everything must run, a skip is a failure.

A pytest plugin. `@pytest.mark.needs("root", "nginx")` on a test, or the `require` fixture in another fixture.
With `SOCKSCOPE_REQUIRE_ALL=1` only one reason to skip is left: the kernel of the machine lacks the feature.
"""

import os
from collections import Counter
from collections.abc import Callable, Generator

import pytest

from tests import features

REQUIRE_ALL = "SOCKSCOPE_REQUIRE_ALL"
VERDICT = "should run here: {} ({}=1)"


class KernelLacks(pytest.skip.Exception):
    """A skip that no set-up can avoid."""


def demand(need: str) -> None:
    """Skip the running test, with the reason, unless the machine has what it needs."""
    missing = features.missing(need)
    if missing is None:
        return
    if missing.kernel:
        raise KernelLacks(missing.reason)
    pytest.skip(missing.reason)


@pytest.fixture(scope="session")
def require() -> Callable[[str], None]:
    """Skip, with the reason, unless the machine has what is named."""
    return demand


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*names): skip unless the machine has each (names in tests/features.py)")
    config.addinivalue_line("markers", "relation(*names): what it tests live, by name in the registry of relations")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for need in marker.args:
            demand(need)


def _everything_must_run() -> bool:
    return os.environ.get(REQUIRE_ALL, "") not in {"", "0"}


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    report.longrepr = VERDICT.format(_reason(report).removeprefix("Skipped: "), REQUIRE_ALL)
    report.outcome = "failed"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything must run, and remember which the kernel excuses."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.excused = call.excinfo is not None and isinstance(call.excinfo.value, KernelLacks)
        if _everything_must_run() and not report.excused:
            _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Treat a module that skips itself as the tests in it are treated."""
    report = yield
    if report.skipped and _everything_must_run():
        _fail(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what did not run, by whose lack it is."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    counts = Counter(getattr(report, "excused", False) for report in skipped)
    terminalreporter.write_sep("=", "not run here")
    terminalreporter.write_line(f"{counts[True]} skipped: the kernel of this machine lacks the feature")
    terminalreporter.write_line(f"{counts[False]} skipped: would run after `make test` as root (see the reasons above)")
