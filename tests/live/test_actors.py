"""The actors themselves: what they tell is so, and nothing of them is left behind."""

import os

import psutil

from tests.live.conftest import Play, ended, performance, wait_until


def test_every_process_of_an_actor_is_gone_after_it_is_dismissed() -> None:
    with performance("terminal_jobs") as (actor, _):
        cast = psutil.Process(actor.pid).children(recursive=True)
        assert len(cast) == 5
    assert all(map(ended, cast))


def test_children_end_with_their_actor_even_when_it_is_killed() -> None:
    with performance("shared_listener") as (actor, _):
        cast = psutil.Process(actor.pid).children(recursive=True)
        assert len(cast) == 2
        actor.kill()
        wait_until(lambda: all(map(ended, cast)))


def test_truth_matches_what_proc_says(play: Play) -> None:
    pair = play("socketpair_fork")
    for end in (pair["ours"], pair["theirs"]):
        assert os.readlink(f"/proc/{end['pid']}/fd/{end['fd']}") == f"socket:[{end['ino']}]"
