"""A process of which something was left for a later look says so, and nothing is concluded from what was not seen."""

import pytest

from sockscope.model.coverage import Coverage
from sockscope.model.process import NOT_YET
from sockscope.report.selection import Selection
from sockscope.report.show import show_document
from sockscope.report.snapshot import snapshot_document
from sockscope.report.sums_to_records import summary_document
from sockscope.report.tree import snapshot_tree
from sockscope.world.relations.related import LEFT, UNDESCRIBED
from sockscope.world.relations.unheld import UNREAD, UNSEEN, unheld_reason
from sockscope.world.targets.answers import TargetDeniedError, TargetMissingError
from sockscope.world.targets.processes import by_descriptor
from sockscope.world.world import World
from tests.world.build import descriptor, key, process, socket_fd, unix, world

ALL = Selection()


def partly(*, unread: int = 70) -> World:
    coverage = Coverage(processes=1, descriptors=1, partly_read=int(unread > 0), unread_descriptors=unread)
    return world(process(1, fd_count=1 + unread, unread=unread), descriptor(1, 0), unix(9), coverage=coverage)


def test_the_tree_says_how_much_was_left() -> None:
    lines = snapshot_tree(partly(), ALL).splitlines()
    assert "1 process partly read, 70 descriptors left" in lines
    assert any(line.endswith("1 descriptor, 70 more not read") for line in lines)
    assert "not read" not in snapshot_tree(partly(unread=0), ALL)


def test_json_counts_what_was_left_among_what_is_open() -> None:
    document = snapshot_document(partly(), ALL)
    assert (document.processes[0].descriptors, document.processes[0].unread) == (71, 70)
    assert (document.coverage.partly_read, document.coverage.unread_descriptors) == (1, 70)
    summary = summary_document(partly(), ALL)
    assert (summary.sums.descriptors, summary.sums.unread) == (71, 70)
    assert summary.users[0].descriptors == 71


def test_that_nobody_is_seen_to_hold_a_socket_means_little_then() -> None:
    for unread, reason in ((70, UNREAD), (0, UNSEEN)):
        made = partly(unread=unread)
        (socket,) = made.sockets.values()
        assert unheld_reason(made, socket) == reason


def test_a_descriptor_says_that_others_may_be_among_what_was_left() -> None:
    assert LEFT in show_document(partly(), key(1, 0), None).notes
    assert LEFT not in show_document(partly(unread=0), key(1, 0), None).notes


def test_a_descriptor_that_was_left_is_not_said_to_be_missing() -> None:
    with pytest.raises(TargetDeniedError, match="partly read"):
        by_descriptor(partly(), 1, 5)
    with pytest.raises(TargetMissingError):
        by_descriptor(partly(unread=0), 1, 5)


def test_of_a_socket_nothing_is_said_before_sockets_are_listed() -> None:
    waits = Coverage(processes=2, waiting_processes=1)
    early = world(process(1), socket_fd(1, 0, 11), process(2, denied=NOT_YET), coverage=waits)
    assert UNDESCRIBED not in show_document(early, key(1, 0), None).notes
    assert UNDESCRIBED in show_document(world(socket_fd(1, 0, 11)), key(1, 0), None).notes
