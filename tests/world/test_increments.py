"""Any sequence of frames leads to the same world as one full frame of what exists at its end."""

from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sockscope.frames.messages import Frame, Table
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.changes import Changes
from sockscope.world.relations.registry import RELATIONS
from sockscope.world.world import World
from tests.world.build import descriptor, inet, pipe_fd, process, pty_fd, socket_fd, udp, unix

# Small ranges, so that numbers are reused, peers meet and pids come again.
PIDS, STARTS, NUMBERS, INODES = st.integers(1, 4), st.integers(1, 2), st.integers(0, 4), st.integers(1, 5)
ADDRESSES = st.sampled_from(
    ["127.0.0.1:80", "127.0.0.1:81", "[::ffff:127.0.0.1]:80", "0.0.0.0:80", "[::]:80", "10.0.0.1:80", "[fe80::1]:80"]
)
KEYS = st.tuples(PIDS, STARTS)
OBJECTS = st.sampled_from(["epoll:1", "epoll:2", "eventfd:1", *(f"socket:{n}" for n in range(1, 6)), "pipe:1"])


@st.composite
def descriptors(draw: st.DrawFn, pid: int, start: int) -> Descriptor:
    fd, ino = draw(NUMBERS), draw(INODES)
    some = draw(st.integers(0, 7))
    kinds = [
        socket_fd(pid, fd, ino),
        socket_fd(pid, fd, ino),
        socket_fd(pid, fd, ino),
        pipe_fd(pid, fd, 1, ("r", "w", "rw", "")[some % 4]),
        pty_fd(pid, fd, ("pty-master", "tty")[some % 2], 1, some // 3),
        descriptor(pid, fd, "epoll", f"epoll:{ino % 2 + 1}", unproven=some == 0),
        descriptor(pid, fd, "eventfd", "eventfd:1"),
        descriptor(pid, fd, "io_uring", f"ring:{ino}", fields={"files": [{"path": f"socket:[{ino}]"}]}),
    ]
    return msgspec.structs.replace(draw(st.sampled_from(kinds)), start=start)


@st.composite
def processes(draw: st.DrawFn) -> Process:
    pid, start = draw(KEYS)
    tty = draw(st.sampled_from(["", "pts/1"]))
    groups = {"pgid": draw(PIDS), "sid": draw(PIDS), "tty": tty, "tpgid": draw(PIDS) if tty else -1}
    return process(pid, start=start, **groups)


@st.composite
def sockets(draw: st.DrawFn) -> Socket:
    ino, key, netns = draw(st.integers(0, 5)), draw(st.integers(1, 8)), draw(st.integers(0, 2))
    local, remote = draw(ADDRESSES), draw(st.one_of(st.just(""), ADDRESSES))
    rest: dict[str, Any] = {"key": key, "netns": netns, "interface": draw(st.integers(0, 1))}
    kind = draw(st.sampled_from(["unix", "listening unix", "tcp", "udp"]))
    if kind == "unix":
        return unix(ino, peer_ino=draw(st.integers(0, 5)), local=draw(st.sampled_from(["", "/x"])), **rest)
    if kind == "listening unix":
        return unix(ino, state="LISTEN", local="/x", pending=tuple(draw(st.lists(INODES, max_size=3))), **rest)
    return (inet if kind == "tcp" else udp)(ino, local, remote, **rest)


@st.composite
def epolls(draw: st.DrawFn) -> EpollInstance:
    held_by = st.lists(st.tuples(PIDS, NUMBERS), max_size=2).map(tuple)
    targets = st.builds(
        Target,
        fd=NUMBERS,
        events=st.just(1),
        data=st.just(0),
        ino=INODES,
        dev=st.just(0),
        status=st.sampled_from(["live", "moved", "closed", "unknown"]),
        object=st.one_of(st.just(""), OBJECTS),
        held_by=held_by,
    )
    return EpollInstance(draw(st.sampled_from(["epoll:1", "epoll:2"])), tuple(draw(st.lists(targets, max_size=3))))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    pid, start = draw(KEYS)
    opened = draw(st.lists(descriptors(pid, start), max_size=4, unique_by=lambda one: one.fd))
    return Table(pid, start, tuple(opened), tuple(draw(st.lists(NUMBERS, max_size=2))))


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    full = draw(st.integers(0, 4)) == 0
    gone: dict[str, Any] = {}
    if not full:
        gone = {
            "ended": tuple(draw(st.lists(KEYS, max_size=2))),
            "sockets_gone": tuple(draw(st.lists(st.integers(1, 8), max_size=2))),
            "epolls_gone": tuple(draw(st.lists(st.sampled_from(["epoll:1", "epoll:2"]), max_size=1))),
        }
    return Frame(
        seq=1,
        full=full,
        time=1.0,
        processes=tuple(draw(st.lists(processes(), max_size=4, unique_by=lambda one: one.key))),
        tables=tuple(draw(st.lists(tables(), max_size=3, unique_by=lambda one: (one.pid, one.start)))),
        sockets=tuple(draw(st.lists(sockets(), max_size=5, unique_by=lambda one: one.key))),
        epolls=tuple(draw(st.lists(epolls(), max_size=2, unique_by=lambda one: one.object))),
        **gone,
    )


class Truth:
    """What exists after some frames, kept without any index."""

    def __init__(self) -> None:
        self.processes: dict[ProcessKey, Process] = {}
        self.descriptors: dict[DescriptorKey, Descriptor] = {}
        self.sockets: dict[int, Socket] = {}
        self.epolls: dict[str, EpollInstance] = {}

    def take(self, frame: Frame) -> None:
        if frame.full:
            Truth.__init__(self)
        for key in frame.ended:
            self.processes.pop(ProcessKey(*key), None)
            self.descriptors = {one: value for one, value in self.descriptors.items() if one.process != key}
        self.processes |= {one.key: one for one in frame.processes}
        for table in frame.tables:
            for fd in table.closed:
                self.descriptors.pop(DescriptorKey(table.pid, table.start, fd), None)
            self.descriptors |= {one.key: one for one in table.opened}
        drop(self.sockets, frame.sockets_gone)
        self.sockets |= {one.key: one for one in frame.sockets}
        drop(self.epolls, frame.epolls_gone)
        self.epolls |= {one.object: one for one in frame.epolls}

    def frame(self) -> Frame:
        return Frame(
            seq=1,
            full=True,
            time=1.0,
            processes=tuple(self.processes.values()),
            tables=tuple(Table(one.pid, one.start, (one,)) for one in self.descriptors.values()),
            sockets=tuple(self.sockets.values()),
            epolls=tuple(self.epolls.values()),
        )


def drop(values: dict[Any, Any], keys: Iterable[Any]) -> None:
    for key in keys:
        values.pop(key, None)


def flat(made: World) -> dict[DescriptorKey, Descriptor]:
    return {entry.key: entry for table in made.tables.values() for entry in table.values()}


def indexes(made: World) -> dict[str, Any]:
    """Contents of every index, comparable."""
    found: dict[str, Any] = {"groups": made.process_index.groups}
    for index in (made.process_index, made.descriptor_index, made.socket_index, made.epoll_index):
        for name in set(index.__slots__) - {"groups", "_kinds", "_entered"}:
            entries = getattr(index, name)
            found[f"{type(index).__name__}.{name}"] = {key: sorted(entries.get(key)) for key in entries}
    for relation in RELATIONS:
        for number, index in enumerate(relation.index):
            entries = made.descriptor_index._entered[index]
            found[f"{relation.name}.{number}"] = {key: sorted(entries.get(key)) for key in entries}
    return found


def answers(made: World) -> dict[str, Any]:
    """What the world says of everything in it."""
    return {
        "related": {key: made.related(key) for key in flat(made)},
        "groups": made.groups(),
        "terminals": {key: made.terminal(process) for key, process in made.processes.items()},
        "neighbours": {key: made.neighbours([key]) for key in made.tables},
        "pids": {key.pid: made.process(key.pid) for key in made.processes},
        "unheld": made.unheld(),
    }


@settings(max_examples=100, deadline=None)
@given(st.lists(frames(), min_size=1, max_size=6))
def test_a_world_kept_by_deltas_equals_one_built_from_a_single_full_frame(sequence: list[Frame]) -> None:
    kept, truth = World(), Truth()
    for frame in sequence:
        kept.apply(frame)
        truth.take(frame)
    rebuilt = World()
    rebuilt.apply(truth.frame())
    assert (kept.processes, flat(kept), kept.sockets, kept.epolls) == (
        truth.processes,
        truth.descriptors,
        truth.sockets,
        truth.epolls,
    )
    assert all(kept.tables.values()), "an empty table stays behind"
    assert indexes(kept) == indexes(rebuilt)
    assert answers(kept) == answers(rebuilt)


@settings(max_examples=100, deadline=None)
@given(st.lists(frames(), min_size=2, max_size=4))
def test_changes_name_exactly_what_is_new_gone_or_different(sequence: list[Frame]) -> None:
    made = World()
    first = Frame(seq=1, full=True, time=0.0)
    assert made.apply(first) == Changes(full=True)
    for frame in sequence:
        before = made.processes | flat(made)
        sockets_before, epolls_before = dict(made.sockets), dict(made.epolls)
        changes = made.apply(frame)
        after = made.processes | flat(made)
        new = changes.processes_new | changes.descriptors_new
        gone = changes.processes_ended | changes.descriptors_closed
        changed = changes.processes_changed | changes.descriptors_changed
        different = {key for key in before.keys() & after.keys() if before[key] != after[key]}
        assert new == after.keys() - before.keys()
        assert gone >= before.keys() - after.keys()
        assert not gone & after.keys()
        assert different <= changed <= before.keys() & after.keys()
        assert changes.sockets >= {key for key, _ in sockets_before.items() ^ made.sockets.items()}
        assert changes.epolls >= {key for key, _ in epolls_before.items() ^ made.epolls.items()}
