"""Sums of real processes, held against what the kernel says of the same ones."""

import json
import os

import pytest

from tests.live.commandline import sockscope
from tests.live.conftest import Play


def test_show_begins_with_what_is_open_of_how_many(play: Play) -> None:
    truth = play("many")
    lines = sockscope("show", truth["pid"]).out.splitlines()
    assert lines[1].startswith(f"{truth['open']} of 64 descriptors: 20 eventfd, ")
    assert "4 tcp (" in lines[1]
    assert "1 CLOSE-WAIT" in lines[1]
    document = json.loads(sockscope("show", truth["pid"], "--format", "json").out)
    assert document["sums"]["limit"] == 64
    assert document["sums"]["services"] == {f"tcp:{truth['port']}": 2}
    assert document["sums"]["remotes"] == {"127.0.0.1": 3}


@pytest.mark.parametrize("form", ["tree", "json"])
def test_a_summary_tells_of_the_machine_its_users_and_groups(play: Play, form: str) -> None:
    truth = play("many")
    said = sockscope("snapshot", "--summary", "--pid", truth["pid"], "--format", form).out
    if form == "tree":
        assert f"{truth['open']} of 64 descriptors: 20 eventfd" in said
        assert "inotify instances" in said
        return
    document = json.loads(said)
    assert [one["pid"] for one in document["processes"]] == [truth["pid"]]
    assert document["groups"][0]["sums"]["kinds"][0] == {"label": "eventfd", "count": 20, "states": {}}
    assert document["users"][0]["uid"] == os.getuid()
    with open("/proc/sys/fs/inotify/max_user_watches", encoding="ascii") as limit:
        assert document["users"][0]["inotify_watches_limit"] == int(limit.read())
    assert document["open_files"] > truth["open"]


def test_a_summary_is_no_list_of_records() -> None:
    done = sockscope("snapshot", "--summary", "--format", "ndjson")
    assert done.status == 2
    assert "--summary" in done.err
