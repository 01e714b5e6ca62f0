"""The header says when the collector looks less often than was asked for."""

import pytest

from sockscope.frames.messages import Frame
from sockscope.model.coverage import Stats
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.commands.tables import TABLES
from sockscope.tui.widgets.bars import header_spans, standing
from sockscope.world.world import World


def _header(interval: float, asked: float) -> str:
    world = World()
    world.apply(Frame(1, full=True, time=0.0, stats=Stats(interval=interval, asked_interval=asked)))
    return "".join(text for text, _ in header_spans(standing(world, asked, KeyNames(TABLES, {})), 200))


def test_an_interval_as_asked_for_is_named_alone() -> None:
    assert " 1 s · " in _header(1.0, 1.0)
    assert "instead" not in _header(1.0, 1.0)


@pytest.mark.parametrize(("interval", "asked"), [(0.2004, 0.2), (0.24, 0.2), (1.04, 1.0), (0.251, 0.25)])
def test_an_interval_that_reads_as_the_one_asked_for_is_named_alone(interval: float, asked: float) -> None:
    assert f" {asked:g} s · " in _header(interval, asked)
    assert "instead" not in _header(interval, asked)


def test_a_stretched_interval_is_named_with_the_one_asked_for() -> None:
    assert "2.4 s instead of 1 s" in _header(2.4, 1.0)
