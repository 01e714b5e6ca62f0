"""Who keeps a mount busy: asked of descriptor after descriptor, as far as there is room for it in one answer."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from sockscope.collect import file_uses
from sockscope.collect.allowance import READ, Bounds, Budget
from sockscope.collect.collector import Collector
from sockscope.collect.locate import locate
from sockscope.frames.messages import Locate
from sockscope.model.located import Located

ME = os.getpid()
MANY = 40
FEW = 8


@pytest.fixture
def opened() -> Iterator[list[int]]:
    """Descriptors on the mount of procfs, which exists everywhere."""
    with ExitStack() as stack:
        yield [stack.enter_context(open("/proc/version", "rb")).fileno() for _ in range(MANY)]


def located(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> Located:
    monkeypatch.setattr(collector.procfs, "pids", lambda: [ME])
    collector.refresh()
    return locate(collector, Locate(1, b"/proc"))


def of_mine(found: Located, wanted: list[int]) -> list[int]:
    return [use.fd for use in found.uses if use.use == "open" and use.fd in wanted]


def test_all_that_is_open_on_a_mount_is_told(opened: list[int], collector: Collector, monkeypatch) -> None:
    found = located(collector, monkeypatch)
    assert of_mine(found, opened) == opened
    assert not found.notes


def test_what_there_is_no_room_for_is_counted(opened: list[int], collector: Collector, monkeypatch) -> None:
    lines = open(f"/proc/{ME}/fdinfo/{opened[0]}").read().count("\n")  # noqa: SIM115
    bounds = Bounds(FEW * (READ + lines), 1 << 20, 1)
    monkeypatch.setattr(file_uses, "Budget", lambda: Budget(bounds))
    found = located(collector, monkeypatch)
    told = of_mine(found, opened)
    assert 0 < len(told) <= FEW
    left = int(found.notes[0].split()[0])
    assert left >= MANY - len(told)
    assert found.notes[0].endswith("not asked through which mount they are open: there is too much to read of them")
