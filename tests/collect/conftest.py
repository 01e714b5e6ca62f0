"""What more than one test of this room stands on."""

import subprocess
from collections.abc import Iterable, Iterator

import pytest

from sockscope.collect.collector import Collector


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that walks every table once in 600 refreshes, and otherwise those that have changed."""
    made = Collector()
    made.interval = 0.1
    yield made
    made.close()


def dismiss(actors: Iterable[subprocess.Popen[bytes]]) -> None:
    """Let processes end that read their standard input to its end."""
    for one in actors:
        one.stdin.close()
        one.wait()
        one.stdout.close()
