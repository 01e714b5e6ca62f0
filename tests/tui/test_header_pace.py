"""The header says when the collector looks less often than was asked for."""

from sockscope.frames.messages import Frame
from sockscope.model.coverage import Stats
from sockscope.tui.status import header_spans, standing
from sockscope.world.world import World


def _header(interval: float, asked: float) -> str:
    world = World()
    world.apply(Frame(1, full=True, time=0.0, stats=Stats(interval=interval, asked_interval=asked)))
    return "".join(text for text, _ in header_spans(standing(world, asked), 200))


def test_an_interval_as_asked_for_is_named_alone() -> None:
    assert " 1 s · " in _header(1.0, 1.0)
    assert "instead" not in _header(1.0, 1.0)


def test_a_stretched_interval_is_named_with_the_one_asked_for() -> None:
    assert "2.4 s instead of 1 s" in _header(2.4, 1.0)
