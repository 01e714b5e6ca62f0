"""Whatever order things start, end, open, close and change groups in: the cursor stays, and the list is right."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sockscope.frames.messages import Frame
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey
from sockscope.world.world import World
from tests.tui import stage

PIDS = st.integers(1, 5)
GROUPS = st.integers(1, 3)
FDS = st.integers(0, 3)
SOCKETS = st.integers(7001, 7003)
STATES = st.sampled_from(["ESTABLISHED", "LISTEN"])

STEPS = st.one_of(
    st.tuples(st.just("start"), PIDS, GROUPS),
    st.tuples(st.just("end"), PIDS),
    st.tuples(st.just("regroup"), PIDS, GROUPS),
    st.tuples(st.just("open"), PIDS, FDS, st.integers(1, 3)),
    st.tuples(st.just("close"), PIDS, FDS),
    st.tuples(st.just("hold"), PIDS, FDS, SOCKETS),
    st.tuples(st.just("make"), SOCKETS, STATES),
    st.tuples(st.just("drop"), SOCKETS),
)
GESTURES = st.one_of(
    st.tuples(st.just("go"), st.integers(0, 30)),
    st.tuples(st.just("toggle")),
    st.tuples(st.just("next"), st.sampled_from([1, -1])),
    st.tuples(st.just("fold")),
    st.tuples(st.just("unfold")),
)


class Machine:
    """Turns steps into frames that a collector could send."""

    def __init__(self) -> None:
        self.seq = 0
        self.generation = 0
        self.processes: dict[int, Any] = {}
        self.tables: dict[int, dict[int, Descriptor]] = {}
        self.sockets: dict[int, Socket] = {}

    def frame(self, steps: list[Any], *, full: bool) -> Frame:
        """Do the steps and describe the result, whole or as the difference."""
        processes, tables = dict(self.processes), {pid: dict(table) for pid, table in self.tables.items()}
        sockets = dict(self.sockets)
        for step in steps:
            getattr(self, f"_{step[0]}")(*step[1:])
        self.seq += 1
        if full:
            opened = [entry for table in self.tables.values() for entry in table.values()]
            everything = tuple(self.processes.values())
            described = tuple(self.sockets.values())
            return Frame(self.seq, True, 0.0, everything, tables=stage.tables(opened), sockets=described)
        ended = [process.key for pid, process in processes.items() if self._key(pid) != process.key]
        changed = [process for pid, process in self.processes.items() if processes.get(pid) != process]
        opened = [
            entry
            for pid, table in self.tables.items()
            for fd, entry in table.items()
            if tables.get(pid, {}).get(fd) != entry
        ]
        closed = [
            entry
            for pid, table in tables.items()
            for fd, entry in table.items()
            if self._key(pid) == entry.process and fd not in self.tables.get(pid, {})
        ]
        made = [socket for key, socket in self.sockets.items() if sockets.get(key) != socket]
        gone = sockets.keys() - self.sockets.keys()
        changes = {"processes": changed, "opened": opened, "closed": closed, "sockets": made, "sockets_gone": gone}
        return stage.delta(self.seq, ended=ended, **changes)

    def _key(self, pid: int) -> ProcessKey | None:
        process = self.processes.get(pid)
        return None if process is None else process.key

    def _start(self, pid: int, pgid: int) -> None:
        if pid not in self.processes:
            self.generation += 1
            process = stage.process(pid, f"p{pid}", pgid=pgid)
            self.processes[pid] = msgspec.structs.replace(process, start=self.generation)
            self.tables[pid] = {}

    def _end(self, pid: int) -> None:
        self.processes.pop(pid, None)
        self.tables.pop(pid, None)

    def _regroup(self, pid: int, pgid: int) -> None:
        if pid in self.processes:
            self.processes[pid] = msgspec.structs.replace(self.processes[pid], pgid=pgid)

    def _open(self, pid: int, fd: int, ino: int) -> None:
        if pid in self.processes:
            entry = stage.pipe(pid, fd, ino, "r" if fd % 2 else "w")
            self.tables[pid][fd] = msgspec.structs.replace(entry, start=self.processes[pid].start)

    def _hold(self, pid: int, fd: int, ino: int) -> None:
        if pid in self.processes:
            entry = stage.sock(pid, fd, ino)
            self.tables[pid][fd] = msgspec.structs.replace(entry, start=self.processes[pid].start)

    def _make(self, ino: int, state: str) -> None:
        socket = stage.unix(ino, state=state)
        self.sockets[socket.key] = socket

    def _drop(self, ino: int) -> None:
        self.sockets.pop(stage.unix(ino).key, None)

    def _close(self, pid: int, fd: int) -> None:
        self.tables.get(pid, {}).pop(fd, None)


def gesture(rows: Rows, what: Any) -> None:
    """Do what a user does."""
    match what:
        case ("go", line):
            rows.move_to(line)
        case ("toggle",) if rows.cursor is not None:
            rows.folds.toggle(rows.cursor)
        case ("next", step):
            rows.next_related(step)
        case ("fold",):
            rows.folds.fold_level()
        case ("unfold",):
            rows.folds.unfold_level()


def unheld(world: World) -> list[int]:
    held = {entry.ino for table in world.tables.values() for entry in table.values() if entry.kind == "socket"}
    left = [socket for socket in world.sockets.values() if socket.ino not in held]
    return [socket.key for socket in sorted(left, key=lambda socket: (socket.state, socket.key))]


def exists(world: World, key: RowKey | None) -> bool:
    if isinstance(key, UnheldKey):
        return key.socket in unheld(world) or (key == UNHELD and bool(unheld(world)))
    if isinstance(key, GroupKey):
        return bool(world.group_members().get(key.id))
    if isinstance(key, DescriptorKey):
        return world.descriptor(key) is not None
    return key in world.processes


def expected(rows: Rows) -> list[RowKey]:
    """The list built from nothing, from the world, the ghosts and the folds."""
    world, gone = rows.world, rows.contents.gone
    homes = {**{key: p.pgid for key, p in world.processes.items()}, **{k: p.pgid for k, p in gone.processes.items()}}
    found: list[RowKey] = []
    for pgid in sorted(set(homes.values())):
        found.append(GroupKey("pgrp", pgid))
        if found[-1] not in rows.contents.expanded:
            continue
        for key in sorted(key for key, home in homes.items() if home == pgid):
            found.append(key)
            if key in rows.contents.expanded:
                fds = world.tables.get(key, {}).keys() | gone.descriptors.get(key, {}).keys()
                found += [DescriptorKey(*key, fd) for fd in sorted(fds)]
    left = unheld(world)
    below = [UnheldKey(key) for key in left] if UNHELD in rows.contents.expanded else []
    return [*found, UNHELD, *below] if left else found


@given(st.lists(st.tuples(st.lists(STEPS, max_size=6), st.lists(GESTURES, max_size=4), st.booleans()), max_size=8))
def test_the_cursor_stays_on_what_still_exists_and_the_list_is_as_if_built_anew(script: list[Any]) -> None:
    machine, rows = Machine(), Rows(World())
    first = True
    for steps, gestures, full in script:
        before = rows.cursor
        frame = machine.frame(steps, full=full or first)
        departed = rows.departing(frame)
        rows.settle(rows.world.apply(frame), departed)
        first = False

        if exists(rows.world, before):
            assert rows.cursor == before
        for what in gestures:
            gesture(rows, what)
        assert [rows.contents.key_at(line) for line in range(rows.contents.length)] == expected(rows)
        assert [rows.contents.line_of(rows.contents.key_at(line)) for line in range(rows.contents.length)] == list(
            range(rows.contents.length)
        )
        assert (rows.cursor_line is None) == (rows.contents.length == 0)
