"""How often the collector looks: as asked, unless looking takes more than its share."""

import os

import psutil
import pytest

from sockscope.collect.pace import NICE, PASSES, SHARE, Pace, step_aside


def _paced(asked: float, *took: float) -> float:
    pace = Pace(asked)
    for seconds in took:
        pace.took(seconds)
    return pace.interval


def test_a_quick_pass_keeps_the_interval_that_was_asked_for() -> None:
    assert _paced(1.0, 0.05, 0.06, 0.05) == 1.0


def test_passes_that_take_too_long_stretch_it_until_they_are_a_quarter() -> None:
    assert _paced(1.0, 0.5, 0.6, 0.7) == pytest.approx(0.5 / SHARE)


def test_the_costly_first_pass_stretches_nothing() -> None:
    assert _paced(1.0, 3.0) == 1.0
    assert _paced(1.0, 3.0, 0.05, 0.05) == 1.0


def test_it_comes_back_once_passes_are_quick_again() -> None:
    assert _paced(1.0, *[2.0] * PASSES, 0.1) == 1.0


def test_stepping_aside_lowers_priorities_and_never_raises_one() -> None:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            before = os.nice(15)
            step_aside()
            own = psutil.Process()
            lowered = own.nice() == before and own.ionice().ioclass == psutil.IOPRIO_CLASS_IDLE
            status = 0 if lowered and NICE < 15 else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
