"""Two moments of a made-up machine, and what a comparison says of them."""

from typing import Any

from sockscope.compare.compare import compare
from sockscope.compare.entry import Comparison, Entry
from sockscope.compare.from_world import side_of
from sockscope.compare.side import Side
from sockscope.report.diff_words import entry_text
from sockscope.world.world import World
from tests.world.build import HELLO, NOW, frame

LATER = 724.0
"""Seconds from one moment to the other."""


def side(*things: Any, time: float = NOW, boot: str = "b00t", **rest: Any) -> Side:
    """One moment, in which there is this."""
    made = World()
    made.greet(greeting(boot=boot, **{name: rest.pop(name) for name in ("host", "boot_time", "pid") if name in rest}))
    made.apply(frame(*things, time=time, **rest))
    return side_of(made)


def greeting(boot: str, **known: Any) -> Any:
    """A machine, in one of its boots."""
    return type(HELLO)(**{name: getattr(HELLO, name) for name in HELLO.__struct_fields__} | {"boot_id": boot} | known)


def compared(before: tuple[Any, ...], after: tuple[Any, ...]) -> Comparison:
    """Compare what there was with what there is, some minutes later."""
    return compare(side(*before), side(*after, time=NOW + LATER))


def told(before: tuple[Any, ...], after: tuple[Any, ...]) -> list[str]:
    """What is another, in words."""
    return texts(compared(before, after).entries)


def texts(entries: tuple[Entry, ...]) -> list[str]:
    """Entries in words."""
    return [entry_text(one) for one in entries]
