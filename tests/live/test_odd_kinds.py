"""Descriptors that are easily told wrong, made for real."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.commandline import descriptor, show, snapshot
from tests.live.conftest import Truth, performance


@pytest.fixture(scope="module")
def truth() -> Iterator[Truth]:
    with performance("odd_kinds") as (_, told):
        yield told


@pytest.fixture(scope="module")
def picture(truth: Truth) -> dict[str, Any]:
    return snapshot(truth["pid"], truth["child"]["pid"])


def row(picture: dict[str, Any], truth: Truth, name: str) -> str:
    text = descriptor(picture, truth["pid"], truth[name])["text"]
    assert isinstance(text, str)
    return text


def sentence(truth: Truth, name: str) -> str:
    text = show(truth["pid"], truth[name])["sentence"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("never", "never armed or disarmed"),
        ("disarmed", "disarmed, with an interval of 1 s"),
        ("once", "expired, not read"),
        ("periodic", "every 15 min, expired, not read"),
    ],
)
def test_a_timer_that_does_not_run_says_so_in_its_row_and_in_its_sentence(
    picture: dict[str, Any], truth: Truth, name: str, said: str
) -> None:
    assert row(picture, truth, name) == said
    assert sentence(truth, name) == f"A timer that is read, on CLOCK_MONOTONIC: {said}."


def test_a_fifo_opened_for_both_holds_both_ends_itself_and_by_name_holds_none(truth: Truth) -> None:
    assert sentence(truth, "both").endswith("it holds both ends itself.")
    assert sentence(truth, "name").endswith("by name only (O_PATH): no end of it is held.")
    found = show(truth["pid"], truth["both"])
    assert [peer["holders"] for peer in found["peers"]] == [[]]
    assert show(truth["pid"], truth["name"])["peers"] == []


def test_a_pipe_by_name_is_no_end_of_it(picture: dict[str, Any], truth: Truth) -> None:
    """Opened through /proc; nothing but O_PATH makes a pipe that can be neither read nor written."""
    assert row(picture, truth, "pipe_name") == "no end: by name only (O_PATH)"
    assert sentence(truth, "pipe_name") == "The pipe by name only (O_PATH): no end of it is held."
    assert row(picture, truth, "reading").startswith("read end ⇄")


def test_a_pidfd_of_a_zombie_has_ended(picture: dict[str, Any], truth: Truth) -> None:
    zombie = truth["zombie"]
    assert descriptor(picture, truth["pid"], zombie["fd"])["text"] == f"→ pid {zombie['pid']}, ended"
    found = show(truth["pid"], zombie["fd"])
    assert found["fdinfo"]["decoded"]["ended"] is True
    assert "has ended and was not waited for" in found["sentence"]


def test_a_file_without_a_name_never_had_one(truth: Truth) -> None:
    said = sentence(truth, "nameless")
    assert said == f"A file that was made without a name (O_TMPFILE) in {truth['directory']}, 0 bytes."


def test_what_was_opened_for_ioctl_alone_says_so(truth: Truth) -> None:
    assert sentence(truth, "ioctl") == "The character device /dev/null, number 1:3, for ioctl(2) only (access mode 3)."


def test_dev_tty_is_the_terminal_that_it_stands_for(truth: Truth) -> None:
    child = truth["child"]
    found = show(child["pid"], child["opened"])
    assert f"which stands for {child['terminal']}, the controlling terminal of this process" in found["sentence"]
    (master,) = found["peers"]
    assert (truth["pid"], truth["master"]) in {(one["pid"], one["fd"]) for one in master["holders"]}
    assert master["confidence"] == "inferred"


@pytest.mark.parametrize(("name", "field"), [("watching", "watches"), ("marked", "marks"), ("locked", "locks")])
def test_a_device_is_written_as_major_and_minor_wherever_fdinfo_names_one(truth: Truth, name: str, field: str) -> None:
    if truth[name] < 0:
        pytest.skip("fanotify_init(2) or fanotify_mark(2) is denied here")
    (entry,) = show(truth["pid"], truth[name])["fdinfo"]["decoded"][field]
    assert entry["dev"] == truth["device"]


def test_owner_file_system_and_node_are_told_of_what_is_looked_at(truth: Truth) -> None:
    node = show(truth["pid"], truth["ioctl"])["fdinfo"]["decoded"]
    assert (node["device"], node["owner_uid"], node["mode"]) == ("1:3", 0, "0666")
    file = show(truth["pid"], truth["locked"])["fdinfo"]["decoded"]
    assert truth["directory"].startswith(file["mounted_on"])
    assert file["file_system"]
