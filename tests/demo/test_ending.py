"""However a demo ends, nothing of it stays."""

import signal

import psutil
import pytest

from tests.demo.conftest import Demo, wait_until

ACTORS = 20
"""Processes at least, so that a test that sees none fails."""


def assert_gone(demo: Demo) -> None:
    assert len(demo.actors) >= ACTORS
    wait_until(lambda: not demo.left(), "all example processes have ended")


def test_the_processes_end_with_the_demo(demo: Demo) -> None:
    demo.hang_up()
    assert demo.program.wait() == 0
    assert demo.left() == []


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_the_processes_end_when_a_signal_ends_the_demo(demo: Demo, sign: signal.Signals) -> None:
    demo.program.send_signal(sign)
    demo.program.wait()
    assert_gone(demo)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_the_processes_end_with_their_stage(demo: Demo, sign: signal.Signals) -> None:
    demo.stage.send_signal(sign)
    assert_gone(demo)


def test_a_stage_whose_actor_was_killed_ends_all_the_same(demo: Demo) -> None:
    psutil.Process(demo.truth["server"]["pid"]).kill()
    demo.hang_up()
    assert demo.program.wait() == 0
    assert demo.left() == []
