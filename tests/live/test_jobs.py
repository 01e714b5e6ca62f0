"""A terminal with jobs in front and behind: who reads it, who gets Ctrl+C."""

import subprocess
from typing import Any

import pytest

from tests.live.commandline import only, show, snapshot, sockscope
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


def _places(holders: list[dict[str, object]]) -> list[list[object]]:
    return sorted([one["pid"], one["fd"]] for one in holders)


def test_a_terminal_without_its_master_is_one_all_the_same_and_not_the_next_one(play: Play) -> None:
    truth = play("dead_terminal")
    gone = show(*truth["old"][0])
    assert "(deleted)" in gone["descriptor"]["target"]
    assert gone["peers"] == []
    assert _places(gone["holders"]) == sorted(truth["old"])
    assert gone["holders_confidence"] == "proven"
    here = show(*truth["new"][0])
    (peer,) = here["peers"]
    assert _places(peer["holders"]) == sorted(truth["master"])
    assert _places(here["holders"]) == sorted(truth["new"])


def test_the_name_of_a_terminal_that_is_gone_is_not_the_one_that_has_its_number_now(play: Play) -> None:
    name = show(*play("dead_terminal")["name"][0])
    assert "(deleted)" in name["descriptor"]["target"]
    assert name["peers"] == []
    assert len(name["holders"]) == 1
    assert name["holders_confidence"] == "unknown"


def in_words(jobs: Truth) -> str:
    return sockscope("show", f"{jobs['shell']['behind']['pids'][0]}:2").out


def terminal_as_set(jobs: Truth, *settings: str) -> dict[str, Any]:
    """Set the terminal as stty(1) does, and ask about a process on it."""
    subprocess.run(["stty", "-F", f"/dev/{jobs['tty']}", *settings], check=True)
    terminal: dict[str, Any] = show(jobs["shell"]["behind"]["pids"][0], 2)["terminal"]
    return terminal


@pytest.mark.needs("root")
def test_ctrl_c_is_proven_by_the_terminal_itself(jobs: Truth) -> None:
    terminal = terminal_as_set(jobs, "sane")
    assert (terminal["interrupt"], terminal["sigint_confidence"]) == ("^C", "proven")
    assert f"TCGETS through {jobs['pid']}:{jobs['master']}" in str(terminal["sigint_evidence"])
    assert terminal["settings"]["end"] == "master"


@pytest.mark.needs("root")
def test_a_raw_terminal_sends_no_signal_to_anybody(jobs: Truth) -> None:
    terminal = terminal_as_set(jobs, "raw")
    assert (terminal["interrupt"], terminal["sigint_goes_to"], terminal["sigint_effects"]) == ("", [], [])
    assert (terminal["sigint_confidence"], terminal["settings"]["signals"]) == ("proven", False)
    said = in_words(jobs)
    assert "Ctrl+C     sends no signal: the terminal is raw" in said


@pytest.mark.needs("root")
def test_ctrl_c_sends_nothing_where_the_master_acts_on_keys(jobs: Truth) -> None:
    terminal = terminal_as_set(jobs, "sane", "extproc")
    assert (terminal["interrupt"], terminal["sigint_goes_to"], terminal["sigint_confidence"]) == ("", [], "proven")
    assert terminal["settings"]["silenced_by"] == "external"


@pytest.mark.needs("root")
def test_another_key_that_sends_sigint_is_named(jobs: Truth) -> None:
    terminal = terminal_as_set(jobs, "sane", "intr", "^X")
    assert terminal["interrupt"] == "^X"
    assert terminal["sigint_goes_to"] == jobs["shell"]["front"]["pids"]
    assert "^X         reaches" in in_words(jobs)
    assert terminal_as_set(jobs, "sane", "intr", "undef")["interrupt"] == ""
