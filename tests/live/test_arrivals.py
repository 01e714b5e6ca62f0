"""By which of two listeners on one address connections came, and in whose queue they wait (SO_REUSEPORT)."""

import pytest

from tests.live.commandline import place, places, show
from tests.live.conftest import Play

pytestmark = [pytest.mark.needs("tcp_diag"), pytest.mark.relation("may_wait", "queue", "connections")]


def test_what_one_has_accepted_did_not_come_in_at_the_other(play: Play) -> None:
    truth = play("reuseport_queues", "all")
    child = truth["child"]
    assert child["accepted"], "the kernel gave all of them to one listener"
    idle, busy = show(*place(truth["idle"])), show(*place(child["listener"]))
    assert idle["connections"] == []
    came = {place(holder) for one in busy["connections"] for holder in one["holders"]}
    assert came == places(child["accepted"])
    assert {one["confidence"] for one in busy["connections"]} == {"inferred"}
    assert (idle["queue"]["length"], len(idle["queue"]["pending"])) == (child["waiting"]["idle"],) * 2
    assert (busy["queue"]["length"], busy["queue"]["pending"]) == (0, [])
    assert idle["relations"]["may_wait"] == busy["relations"]["may_wait"] == []


def test_what_waits_at_one_or_at_the_other_is_listed_as_waiting_at_neither(play: Play) -> None:
    truth = play("reuseport_queues", "none")
    counted = truth["child"]["waiting"]
    assert min(counted.values()) > 0, "the kernel gave all of them to one listener"
    for end, name in ((truth["idle"], "idle"), (truth["child"]["listener"], "busy")):
        report = show(*place(end))
        assert (report["queue"]["length"], report["queue"]["pending"]) == (counted[name], [])
        among = report["relations"]["may_wait"]
        assert (len(among), {one["confidence"] for one in among}) == (sum(counted.values()), {"unknown"})
