"""The list of rows: what is listed, what a refresh does to it, and where the cursor stays."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from sockscope.frames.messages import Frame
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.world.relations.answers import OTHER, SAME, WATCH
from sockscope.world.world import World
from tests.tui import stage
from tests.tui.stage import BASH, CLIENT, MASTER, POLKIT, SERVER, SLEEP, TEE, WORKER1, WORKER2, dkey, pkey

NGINX = GroupKey("pgrp", MASTER)


def take(rows: Rows, frame: Frame) -> None:
    departed = rows.departing(frame)
    rows.settle(rows.world.apply(frame), departed)


def looking(pids: Iterable[int] = ()) -> Rows:
    rows = Rows(World(), pids)
    rows.world.greet(stage.HELLO)
    take(rows, stage.first_frame())
    return rows


def keys(rows: Rows) -> list[RowKey]:
    return [rows.contents.key_at(line) for line in range(rows.contents.length)]


def change_of(rows: Rows, key: RowKey) -> str:
    line = rows.contents.line_of(key)
    assert line is not None
    return rows.row(line).change


def test_the_first_look_lists_the_groups_by_number_and_folded() -> None:
    rows = looking()
    assert [key.id for key in keys(rows) if isinstance(key, GroupKey)] == [
        POLKIT,
        stage.SSHD,
        BASH,
        SERVER,
        SLEEP,
        MASTER,
        CLIENT,
    ]
    assert rows.contents.length == 7
    assert rows.cursor == GroupKey("pgrp", POLKIT)


def test_kernel_threads_are_listed_only_when_asked_for() -> None:
    rows = looking()
    assert GroupKey("pgrp", 0) not in keys(rows)
    rows.show_kernel_threads(shown=True)
    assert rows.contents.members(GroupKey("pgrp", 0)) == [pkey(2), pkey(17)]
    rows.show_kernel_threads(shown=False)
    assert GroupKey("pgrp", 0) not in keys(rows)


def test_a_cursor_on_a_kernel_thread_moves_on_when_they_are_hidden() -> None:
    rows = looking()
    rows.show_kernel_threads(shown=True)
    rows.folds.reveal(pkey(17))
    rows.select(pkey(17))
    rows.show_kernel_threads(shown=False)
    assert rows.cursor == GroupKey("pgrp", POLKIT)


def test_unfolding_a_group_shows_its_processes_and_unfolding_one_shows_its_descriptors() -> None:
    rows = looking()
    rows.folds.open(NGINX)
    line = rows.contents.line_of(NGINX)
    assert line is not None
    assert keys(rows)[line + 1 : line + 4] == [pkey(MASTER), pkey(WORKER1), pkey(WORKER2)]
    rows.folds.open(pkey(WORKER1))
    numbers = [key.fd for key in keys(rows) if isinstance(key, DescriptorKey)]
    assert numbers == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16]


def test_unfolding_a_group_of_one_process_shows_its_descriptors_at_once() -> None:
    rows = looking()
    rows.folds.open(GroupKey("pgrp", BASH))
    assert dkey(BASH, 255) in keys(rows)


def test_a_process_that_cannot_be_read_has_nothing_to_unfold() -> None:
    rows = looking()
    rows.folds.open(GroupKey("pgrp", POLKIT))
    line = rows.contents.line_of(pkey(POLKIT))
    assert line is not None
    assert rows.row(line).opened is None
    assert not rows.contents.is_branch(pkey(POLKIT))


def test_every_line_leads_to_a_key_and_back() -> None:
    rows = looking()
    rows.folds.toggle_all()
    assert rows.contents.length > 50
    assert [rows.contents.line_of(key) for key in keys(rows)] == list(range(rows.contents.length))
    with pytest.raises(IndexError):
        rows.contents.key_at(rows.contents.length)
    with pytest.raises(IndexError):
        rows.contents.key_at(-1)


def test_levels_unfold_and_fold_everywhere() -> None:
    rows = looking()
    lengths = [rows.contents.length]
    for step in (rows.folds.unfold_level, rows.folds.unfold_level, rows.folds.fold_level, rows.folds.fold_level):
        step()
        lengths.append(rows.contents.length)
    groups, processes, everything = lengths[:3]
    assert groups < processes < everything
    assert lengths[3:] == [processes, groups]
    rows.folds.toggle_all()
    assert rows.contents.length == everything
    rows.folds.toggle_all()
    assert rows.contents.length == groups


def test_folding_takes_the_cursor_to_the_branch_it_was_in() -> None:
    rows = looking()
    rows.folds.reveal(dkey(WORKER1, 14))
    rows.select(dkey(WORKER1, 14))
    rows.folds.fold_level()
    assert rows.cursor == pkey(WORKER1)
    rows.folds.fold_level()
    assert rows.cursor == NGINX


def test_selecting_a_listener_marks_its_other_holders_and_the_epolls_that_watch_it() -> None:
    rows = looking()
    rows.folds.reveal(dkey(MASTER, 5))
    rows.select(dkey(MASTER, 5))
    assert rows.highlight.marks == {
        dkey(WORKER1, 5): SAME,
        dkey(WORKER2, 5): SAME,
        dkey(WORKER1, 14): WATCH,
        dkey(WORKER2, 14): WATCH,
    }


def test_selecting_an_end_of_a_socketpair_marks_the_other_end() -> None:
    rows = looking()
    rows.folds.reveal(dkey(MASTER, 9))
    rows.select(dkey(MASTER, 9))
    assert rows.highlight.marks == {
        dkey(WORKER1, 9): SAME,
        dkey(MASTER, 3): OTHER,
        dkey(WORKER2, 3): OTHER,
        dkey(WORKER1, 14): WATCH,
    }


def test_two_sockets_on_one_address_are_not_marked_as_one() -> None:
    rows = looking()
    rows.folds.reveal(dkey(MASTER, 6))
    rows.select(dkey(MASTER, 6))
    assert dkey(MASTER, 7) not in rows.highlight.marks
    assert dkey(WORKER1, 7) not in rows.highlight.marks


def test_a_folded_branch_counts_the_marks_inside_it() -> None:
    rows = looking()
    rows.folds.reveal(dkey(MASTER, 5))
    rows.select(dkey(MASTER, 5))
    folded = rows.row(rows.contents.line_of(pkey(WORKER1)) or 0)
    assert folded.inside == ((SAME, 1), (WATCH, 1))
    rows.folds.open(pkey(WORKER1))
    assert rows.row(rows.contents.line_of(pkey(WORKER1)) or 0).inside == ()


def test_a_folded_group_counts_the_marks_of_all_its_processes() -> None:
    rows = looking()
    rows.folds.open(GroupKey("pgrp", CLIENT))
    rows.select(dkey(CLIENT, 5))
    assert rows.row(rows.contents.line_of(NGINX) or 0).inside == ((OTHER, 1),)


def test_the_next_related_row_is_unfolded_and_selected_and_the_round_closes() -> None:
    rows = looking()
    rows.folds.reveal(dkey(MASTER, 5))
    rows.select(dkey(MASTER, 5))
    seen = []
    for _ in range(5):
        rows.next_related(1)
        seen.append(rows.cursor)
    assert seen == [dkey(WORKER1, 5), dkey(WORKER1, 14), dkey(WORKER2, 5), dkey(WORKER2, 14), dkey(MASTER, 5)]
    assert all(rows.contents.line_of(key) is not None for key in seen if key is not None)
    rows.next_related(-1)
    assert rows.cursor == dkey(WORKER2, 14)


def test_without_related_rows_there_is_no_next_one() -> None:
    rows = looking()
    rows.folds.reveal(dkey(TEE, 3))
    rows.select(dkey(TEE, 3))
    assert rows.next_related(1) is None
    assert rows.cursor == dkey(TEE, 3)
    rows.folds.reveal(pkey(POLKIT))
    rows.select(pkey(POLKIT))
    assert rows.next_related(1) is None


def test_a_new_descriptor_is_marked_for_one_refresh() -> None:
    rows = looking()
    rows.folds.reveal(dkey(WORKER1, 5))
    take(rows, stage.delta(2, opened=[stage.sock(WORKER1, 20, 777)]))
    assert change_of(rows, dkey(WORKER1, 20)) == "new"
    assert change_of(rows, dkey(WORKER1, 5)) == ""
    take(rows, stage.delta(3))
    assert change_of(rows, dkey(WORKER1, 20)) == ""


def test_nothing_is_new_at_the_first_look() -> None:
    rows = looking()
    rows.folds.toggle_all()
    assert {rows.row(line).change for line in range(rows.contents.length)} == {""}


def test_a_closed_descriptor_stays_as_a_ghost_for_one_refresh() -> None:
    rows = looking()
    rows.folds.reveal(dkey(WORKER1, 16))
    take(rows, stage.delta(2, closed=[stage.sock(WORKER1, 16, stage.SERVER_END)]))
    assert change_of(rows, dkey(WORKER1, 16)) == "gone"
    ghost = rows.contents.gone.descriptor(dkey(WORKER1, 16))
    assert ghost is not None
    assert "127.0.0.1:51034" in ghost.text
    take(rows, stage.delta(3))
    assert rows.contents.line_of(dkey(WORKER1, 16)) is None


def test_a_number_closed_and_opened_again_within_a_refresh_is_no_ghost_but_changed() -> None:
    rows = looking()
    rows.folds.reveal(dkey(WORKER1, 16))
    take(rows, stage.delta(2, opened=[stage.pipe(WORKER1, 16, 99, "r")], closed=[stage.pipe(WORKER1, 16, 1, "r")]))
    assert change_of(rows, dkey(WORKER1, 16)) == "changed"
    assert keys(rows).count(dkey(WORKER1, 16)) == 1


def test_an_ended_process_and_its_group_stay_as_ghosts_for_one_refresh() -> None:
    rows = looking()
    rows.folds.open(GroupKey("pgrp", SLEEP))
    take(rows, stage.delta(2, ended=[pkey(SLEEP)]))
    for key in (GroupKey("pgrp", SLEEP), pkey(SLEEP), dkey(SLEEP, 1)):
        assert change_of(rows, key) == "gone"
    take(rows, stage.delta(3))
    assert not {GroupKey("pgrp", SLEEP), pkey(SLEEP), dkey(SLEEP, 1)} & set(keys(rows))


def test_a_new_process_and_its_group_are_marked() -> None:
    rows = looking()
    take(rows, stage.delta(2, processes=[stage.process(5000, "date")]))
    assert change_of(rows, GroupKey("pgrp", 5000)) == "new"
    rows.folds.open(GroupKey("pgrp", 5000))
    assert change_of(rows, pkey(5000)) == "new"


def test_rows_that_appear_above_do_not_move_the_cursor_to_another_row() -> None:
    rows = looking()
    rows.folds.reveal(dkey(WORKER1, 14))
    rows.select(dkey(WORKER1, 14))
    line = rows.cursor_line
    take(rows, stage.delta(2, processes=[stage.process(100, "a"), stage.process(101, "b")]))
    assert rows.cursor == dkey(WORKER1, 14)
    assert rows.cursor_line == (line or 0) + 2


@pytest.mark.parametrize(
    ("closed", "heir"),
    [
        ([14], dkey(WORKER1, 15)),
        ([14, 15, 16], dkey(WORKER1, 9)),
        (range(17), pkey(WORKER1)),
    ],
)
def test_when_the_selected_descriptor_is_gone_a_neighbour_takes_over(closed: Iterable[int], heir: RowKey) -> None:
    rows = looking()
    rows.folds.reveal(dkey(WORKER1, 14))
    rows.select(dkey(WORKER1, 14))
    table = rows.world.tables[pkey(WORKER1)]
    take(rows, stage.delta(2, closed=[table[fd] for fd in closed if fd in table]))
    assert rows.cursor == dkey(WORKER1, 14)
    take(rows, stage.delta(3))
    assert rows.cursor == heir


def test_when_the_selected_process_has_ended_a_neighbour_takes_over() -> None:
    rows = looking()
    rows.folds.reveal(pkey(WORKER1))
    rows.select(pkey(WORKER1))
    take(rows, stage.delta(2, ended=[pkey(WORKER1)]))
    assert rows.cursor == pkey(WORKER1)
    take(rows, stage.delta(3, ended=[pkey(WORKER2), pkey(MASTER)]))
    assert rows.cursor == pkey(WORKER2)
    take(rows, stage.delta(4))
    assert rows.cursor == GroupKey("pgrp", CLIENT)


def test_when_everything_is_gone_nothing_is_selected_and_the_next_row_is() -> None:
    rows = looking([SLEEP])
    take(rows, stage.delta(2, ended=[pkey(SLEEP)]))
    take(rows, stage.delta(3))
    assert (rows.contents.length, rows.cursor) == (0, None)
    rows.show_kernel_threads(shown=True)
    assert rows.cursor is None


def test_a_process_that_changes_its_group_takes_the_cursor_along() -> None:
    rows = looking()
    rows.folds.reveal(dkey(TEE, 0))
    rows.select(dkey(TEE, 0))
    tee = rows.world.processes[pkey(TEE)]
    take(rows, stage.delta(2, processes=[msgspec.structs.replace(tee, pgid=TEE)]))
    assert rows.cursor == dkey(TEE, 0)
    assert rows.cursor_line is not None
    assert rows.contents.members(GroupKey("pgrp", SERVER)) == [pkey(SERVER)]
    assert rows.contents.members(GroupKey("pgrp", TEE)) == [pkey(TEE)]


def test_a_reused_pid_is_another_row() -> None:
    rows = looking()
    rows.folds.reveal(pkey(SLEEP))
    rows.select(pkey(SLEEP))
    reborn = msgspec.structs.replace(rows.world.processes[pkey(SLEEP)], start=99, cmdline=("other",))
    take(rows, stage.delta(2, ended=[pkey(SLEEP)], processes=[reborn]))
    take(rows, stage.delta(3))
    assert rows.cursor == ProcessKey(SLEEP, 99)
    assert ProcessKey(SLEEP, 99) not in rows.contents.expanded


def test_a_full_frame_after_a_restart_moves_nothing() -> None:
    rows = looking()
    rows.folds.reveal(dkey(WORKER1, 14))
    rows.select(dkey(WORKER1, 14))
    before = keys(rows)
    take(rows, stage.first_frame())
    assert (rows.cursor, keys(rows)) == (dkey(WORKER1, 14), before)
    assert {rows.row(line).change for line in range(rows.contents.length)} == {""}


def test_given_pids_are_listed_alone_and_unfolded() -> None:
    rows = looking([WORKER1])
    assert rows.contents.members(NGINX) == [pkey(WORKER1)]
    assert rows.contents.key_at(0) == NGINX
    assert rows.contents.key_at(2) == dkey(WORKER1, 0)
    assert GroupKey("pgrp", CLIENT) not in keys(rows)


def test_holders_outside_the_selection_are_marked_and_listed_as_guests_when_one_goes_there() -> None:
    rows = looking([WORKER1])
    rows.select(dkey(WORKER1, 16))
    assert rows.highlight.marks == {dkey(CLIENT, 5): OTHER, dkey(WORKER1, 14): WATCH}
    rows.next_related(-1)
    assert rows.cursor == dkey(WORKER1, 14)
    rows.select(dkey(WORKER1, 16))
    rows.next_related(1)
    assert rows.cursor == dkey(CLIENT, 5)
    line = rows.cursor_line
    assert line is not None
    assert rows.row(line).guest
    assert not rows.row(0).guest


def test_a_pid_that_is_reused_was_not_asked_for() -> None:
    rows = looking([SLEEP, BASH])
    reborn = msgspec.structs.replace(rows.world.processes[pkey(SLEEP)], start=99)
    take(rows, stage.delta(2, ended=[pkey(SLEEP)], processes=[reborn]))
    take(rows, stage.delta(3))
    assert not any(isinstance(key, ProcessKey) and key.pid == SLEEP for key in keys(rows))


def test_threads_with_tables_of_their_own_come_with_their_process() -> None:
    rows = looking([BASH])
    thread: dict[str, Any] = {"pgid": BASH, "thread_of": BASH}
    take(rows, stage.delta(2, processes=[stage.process(BASH + 1, "-bash", **thread)]))
    assert rows.contents.members(GroupKey("pgrp", BASH)) == [pkey(BASH), pkey(BASH + 1)]


def test_more_closings_than_an_eye_follows_are_not_all_kept() -> None:
    rows = looking()
    many = [stage.sock(WORKER1, fd, 10**6 + fd) for fd in range(100, 3100)]
    take(rows, stage.delta(2, opened=many))
    rows.folds.reveal(dkey(WORKER1, 100))
    take(rows, stage.delta(3, closed=many))
    kept: dict[int, Any] = rows.contents.gone.descriptors[pkey(WORKER1)]
    assert len(kept) == 256
    assert all(isinstance(ghost.descriptor, Descriptor) for ghost in kept.values())


def test_rows_without_a_ghost_leave_the_list_too() -> None:
    rows = looking()
    many = [stage.sock(WORKER1, fd, 10**6 + fd) for fd in range(100, 1200)]
    take(rows, stage.delta(2, opened=many))
    rows.folds.reveal(dkey(WORKER1, 100))
    rows.folds.reveal(dkey(WORKER2, 3))
    table = [*many, *rows.world.tables[pkey(WORKER2)].values()]
    take(rows, stage.delta(3, closed=table))
    assert sum(len(ghosts) for ghosts in rows.contents.gone.descriptors.values()) == 256
    assert len([key for key in keys(rows) if isinstance(key, DescriptorKey) and key.fd >= 100]) <= 256


def test_what_has_ended_is_not_remembered_as_unfolded() -> None:
    rows = looking()
    rows.folds.open(GroupKey("pgrp", SLEEP))
    take(rows, stage.delta(2, ended=[pkey(SLEEP)]))
    take(rows, stage.delta(3))
    assert not rows.contents.expanded


def test_selecting_a_process_marks_whom_it_talks_to_and_whom_it_shares_with() -> None:
    rows = looking()
    rows.folds.reveal(pkey(WORKER1))
    rows.select(pkey(WORKER1))
    assert rows.highlight.marks == {pkey(MASTER): OTHER, pkey(WORKER2): OTHER, pkey(CLIENT): OTHER}
    rows.folds.reveal(pkey(SLEEP))
    rows.select(pkey(SLEEP))
    assert rows.highlight.marks == {
        pkey(BASH): SAME,
        pkey(SERVER): SAME,
        pkey(TEE): SAME,
        pkey(stage.SSHD): OTHER,
    }


def test_selecting_a_group_marks_the_neighbours_of_all_its_processes() -> None:
    rows = looking()
    rows.select(NGINX)
    assert rows.highlight.marks == {pkey(CLIENT): OTHER}
    assert rows.row(rows.contents.line_of(GroupKey("pgrp", CLIENT)) or 0).inside == ((OTHER, 1),)
    assert rows.next_related(1) == pkey(CLIENT)
    assert rows.next_related(1) == NGINX


def test_neighbours_of_very_many_descriptors_are_found_when_the_cursor_rests() -> None:
    rows = looking()
    take(rows, stage.delta(2, opened=[stage.sock(SLEEP, fd, 10**6 + fd) for fd in range(100, 1200)]))
    rows.folds.reveal(pkey(SLEEP))
    rows.select(pkey(SLEEP))
    assert rows.surroundings.neighbours is None
    assert rows.surroundings.look_around()
    assert len(rows.surroundings.neighbours or ()) == 4
    assert rows.highlight.marks


def test_in_a_large_group_only_the_processes_that_a_refresh_touched_get_new_rows() -> None:
    rows = looking()
    rows.folds.toggle_all()
    before = {block.key: block for block in rows.contents.listing.segment(NGINX).blocks}
    take(rows, stage.delta(2, opened=[stage.sock(WORKER1, 77, 999001)]))
    after = {block.key: block for block in rows.contents.listing.segment(NGINX).blocks}
    assert {key for key, block in after.items() if block is not before[key]} == {pkey(WORKER1)}
    assert 77 in after[pkey(WORKER1)].fds


def test_sockets_nobody_holds_are_counted_anew_only_where_a_frame_touched_them(monkeypatch) -> None:
    rows = looking()
    asked: list[int] = []
    held = rows.contents.unheld._held
    monkeypatch.setattr(rows.contents.unheld, "_held", lambda socket: asked.append(socket.ino) or held(socket))
    count = rows.contents.unheld.count
    take(rows, stage.delta(2, sockets=(stage.unix(990001),)))
    assert rows.contents.unheld.count == count + 1
    take(rows, stage.delta(3, opened=[stage.sock(WORKER1, 78, 990001)]))
    assert rows.contents.unheld.count == count
    assert set(asked) == {990001}


def test_marks_are_sorted_by_process_only_where_a_branch_is_in_sight() -> None:
    rows = looking()
    rows.folds.toggle_all()
    rows.select(dkey(MASTER, 9))
    leaves = [line for line in range(rows.contents.length) if isinstance(rows.contents.key_at(line), DescriptorKey)]
    assert any(rows.row(line).sign for line in leaves)
    assert rows.highlight._sorted is None
    assert rows.highlight.inside_group([pkey(MASTER), pkey(WORKER1), pkey(WORKER2)])
    assert rows.highlight._sorted is not None
