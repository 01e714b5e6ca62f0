"""What is found among real processes: every sick one, with those who take part, and none of those that only look so."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.commandline import sockscope
from tests.live.conftest import Play, performance

LOOKS = 9
"""Eight seconds: whoever starts late on a busy machine is at rest for long enough."""
UNREAD = "could not be read"
"""What the evidence says where others of this machine do not answer: then nothing is sure, whatever is tried here."""
RULE = {"stopped reader": "stopped", "stopped server": "backlog"}
"""Which rule names a situation, where it is not `stuck`."""


@pytest.fixture(scope="module")
def judged() -> Iterator[tuple[dict[str, dict[str, list[int]]], list[dict[str, Any]]]]:
    """All situations at once, and what is found in them."""
    with performance("sick_and_live") as (_, truth):
        outcome = sockscope("findings", "--looks", LOOKS, "--min", "note", "--format", "json")
        assert (outcome.status, outcome.err) == (4, "")
        yield truth, json.loads(outcome.out)["findings"]


def about(findings: list[dict[str, Any]], pids: list[int]) -> list[dict[str, Any]]:
    return [one for one in findings if {subject["pid"] for subject in one["subjects"]} & set(pids)]


@pytest.mark.needs("root")
@pytest.mark.parametrize(
    "name",
    ["pipes", "unix sockets", "tcp", "own writer", "waiting parent", "locks", "stopped reader", "stopped server"],
)
def test_every_sick_one_is_found_with_all_who_take_part(judged, name: str) -> None:
    truth, findings = judged
    pids = truth["sick"][name]
    (finding,) = [one for one in about(findings, pids) if one["severity"] != "note"]
    sure = not any(UNREAD in line for line in finding["evidence"])
    assert (finding["severity"], finding["rule"]) == ("sick" if sure else "suspect", RULE.get(name, "stuck"))
    assert sorted({subject["pid"] for subject in finding["subjects"]}) == sorted(pids)


@pytest.mark.parametrize(
    "name",
    [
        "with timeouts",
        "waits for a lock",
        "behind a sleeper",
        "at rest",
        "idle epolls",
        "stopped job",
        "server and its worker",
        "named fifo",
        "full service",
        "exclusive herd",
    ],
)
def test_what_only_looks_so_is_worth_a_note_at_most(judged, name: str) -> None:
    truth, findings = judged
    assert {one["severity"] for one in about(findings, truth["live"][name])} <= {"note"}


@pytest.mark.needs("root")
@pytest.mark.parametrize(
    ("name", "rule", "severity"),
    [("one epoll", "shared-epoll", "suspect"), ("herd", "herd", "note"), ("background reader", "tty", "note")],
)
def test_what_is_worth_knowing_is_told_with_all_who_take_part(judged, name: str, rule: str, severity: str) -> None:
    truth, findings = judged
    pids = truth["told"][name]
    (finding,) = [one for one in about(findings, pids) if one["rule"] == rule]
    assert finding["severity"] == severity
    assert sorted({subject["pid"] for subject in finding["subjects"]}) == sorted(pids)


def test_exclusive_registrations_are_no_herd(judged) -> None:
    truth, findings = judged
    assert "herd" not in {one["rule"] for one in about(findings, truth["live"]["exclusive herd"])}


def test_who_waits_for_a_lock_is_told_who_has_it(judged) -> None:
    truth, findings = judged
    working, waiting = truth["live"]["waits for a lock"]
    (finding,) = [one for one in about(findings, [waiting]) if one["rule"] == "lock"]
    assert [subject["pid"] for subject in finding["subjects"]] == [working, waiting]
    assert (finding["severity"], finding["confidence"]) == ("note", "proven")


def test_why_leads_from_a_writer_to_who_does_not_read(judged) -> None:
    truth, _ = judged
    sleeper, writer = truth["live"]["behind a sleeper"]
    outcome = sockscope("why", writer)
    assert outcome.status == 0
    first, second = outcome.out.splitlines()[:2]
    assert f" {writer} " in first
    assert "write(" in first
    assert f" {sleeper} " in second
    assert second.endswith("◀ here")


@pytest.mark.needs("root")
def test_who_asks_again_and_again_for_what_has_ended_is_told_with_what_it_is(play: Play) -> None:
    truth = play("spins")
    pid, fd = truth["spins"]["pid"], truth["spins"]["fd"]
    # A virtual machine may have no processor for it during one of the looks.
    tried = (sockscope("findings", "--rule", "spin", "--pid", pid, "--format", "json") for _ in range(5))
    outcome = next((one for one in tried if one.status), None)
    assert outcome is not None, "it is never told"
    assert (outcome.status, outcome.err) == (4, "")
    (finding,) = json.loads(outcome.out)["findings"]
    assert finding["severity"] == "suspect"
    assert [(one["pid"], one["fd"]) for one in finding["subjects"]] == [(pid, fd)]
    assert finding["evidence"] == [
        f"fd {truth['ended']['fd']} in epoll {fd}: a connection that both ends have closed: hang-up"
    ]
    assert any(f"{pid} spins: " in sockscope("why", pid).out for _ in range(5)), "why says what is wrong with it, too"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("findings", "--rule", "nonsense"), 2, "there is no rule nonsense; there are backlog"),
        (("findings", "--looks", "0"), 2, "is not a number from 1"),
        (("findings", "--looks", "2", "--rule", "limit,stuck", "--pid", "1"), 0, ""),
        (("why", "nope:"), 2, "is none of PID"),
        (("why", "4194305"), 1, ""),
    ],
)
def test_exit_codes_are_those_of_every_command(words: tuple[str, ...], status: int, said: str) -> None:
    outcome = sockscope(*words)
    assert outcome.status == status, outcome
    assert said in outcome.err
