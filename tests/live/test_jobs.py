"""A terminal with jobs in front and behind: who reads it, who gets Ctrl+C."""

import pytest

from tests.live.commandline import only, show, snapshot
from tests.live.conftest import Play, Truth


@pytest.fixture
def jobs(play: Play) -> Truth:
    return play("terminal_jobs")


def everyone(jobs: Truth) -> list[int]:
    shell = jobs["shell"]
    return [shell["pid"], *(pid for job in ("front", "behind", "stopped") for pid in shell[job]["pids"])]


def test_the_group_in_front_is_the_pipeline_and_only_that(jobs: Truth) -> None:
    groups = {group["pgid"]: group for group in snapshot(*everyone(jobs))["groups"]}
    shell = jobs["shell"]
    front = groups[shell["front"]["pgid"]]
    assert front["foreground"] is True
    assert sorted(front["pids"]) == sorted(shell["front"]["pids"])
    assert {group["pgid"] for group in groups.values() if group["foreground"]} == {shell["front"]["pgid"]}
    for group in groups.values():
        assert group["tty"] == jobs["tty"]
        assert group["sid"] == shell["pid"]
        assert group["tpgid"] == shell["front"]["pgid"]


def test_the_processes_say_the_same_as_their_groups(jobs: Truth) -> None:
    processes = {process["pid"]: process for process in snapshot(*everyone(jobs))["processes"]}
    shell = jobs["shell"]
    assert set(processes) == set(everyone(jobs))
    for pid, process in processes.items():
        assert (process["tty"], process["sid"]) == (jobs["tty"], shell["pid"])
        assert process["tpgid"] == shell["front"]["pgid"]
        assert process["foreground"] == (pid in shell["front"]["pids"])
    assert processes[shell["stopped"]["pids"][0]]["state"] == "T"


def test_a_descriptor_comes_with_the_terminal_of_its_process(jobs: Truth) -> None:
    shell = jobs["shell"]
    for job, in_front in (("front", True), ("behind", False)):
        terminal = show(shell[job]["pids"][0], 2)["terminal"]
        assert (terminal["tty"], terminal["sid"]) == (jobs["tty"], shell["pid"])
        assert (terminal["pgid"], terminal["tpgid"]) == (shell[job]["pgid"], shell["front"]["pgid"])
        assert terminal["foreground"] is in_front


def test_ctrl_c_is_told_by_what_it_does_to_each_process_in_front(jobs: Truth) -> None:
    shell = jobs["shell"]
    terminal = show(shell["behind"]["pids"][0], 2)["terminal"]
    effects = dict(zip(terminal["sigint_goes_to"], terminal["sigint_effects"], strict=True))
    assert effects == dict.fromkeys(shell["front"]["pids"], "fatal")


def test_a_reader_behind_is_told_by_what_a_read_would_do_to_it(jobs: Truth) -> None:
    shell = jobs["shell"]
    terminal = show(shell["front"]["pids"][0], 2)["terminal"]
    effects = {(one["pid"], one["effect"]) for one in terminal["background_readers"]}
    assert (shell["behind"]["pids"][0], "EIO") in effects
    assert (shell["stopped"]["pids"][0], "stop") in effects
    assert not {pid for pid, _ in effects} & set(shell["front"]["pids"])


def test_a_process_without_a_terminal_says_so(play: Play) -> None:
    truth = play("socketpair_fork")
    assert show(truth["pid"], truth["ours"]["fd"])["terminal"] is None
    process = only(snapshot(truth["pid"])["processes"])
    assert process["foreground"] is False


def test_a_terminal_without_its_master_is_not_the_one_that_has_its_number_now(play: Play) -> None:
    truth = play("dead_terminal")
    old, new, master = (truth[name] for name in ("old", "new", "master"))
    gone = show(old["pid"], old["fd"])
    assert "(deleted)" in gone["descriptor"]["target"]
    assert gone["peers"] == []
    assert [(one["pid"], one["fd"]) for one in gone["holders"]] == [(old["pid"], old["fd"])]
    assert gone["holders_confidence"] == "unknown"
    here = show(new["pid"], new["fd"])
    (peer,) = here["peers"]
    assert [(one["pid"], one["fd"]) for one in peer["holders"]] == [(master["pid"], master["fd"])]
    assert [(one["pid"], one["fd"]) for one in here["holders"]] == [(new["pid"], new["fd"])]
