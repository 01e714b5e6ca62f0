"""The collector's indexes after any sequence of changes are those of a fresh start on the last tables."""

from hypothesis import given
from hypothesis import strategies as st

from sockscope.collect.tables.descriptors import Descriptors
from sockscope.model.descriptor import Descriptor

SHARED = 9
_OBJECTS = (
    ("socket", "socket:[1]", 1), ("socket", "socket:[2]", 2), ("pipe", "pipe:[3]", 3),
    ("epoll", "epoll:1", SHARED), ("epoll", "epoll:2", SHARED), ("eventfd", "eventfd-id:1", SHARED),
    ("namespace", "net:[4]", 4), ("namespace", "uts:[5]", 5),
)  # fmt: skip
Table = dict[int, Descriptor]


def _table(pid: int, objects: dict[int, int]) -> Table:
    found = {}
    for fd, number in objects.items():
        kind, object_, ino = _OBJECTS[number]
        found[fd] = Descriptor(pid, 1, fd, kind, "", "rw", object_, ino)
    return found


TABLES = st.dictionaries(st.integers(0, 4), st.integers(0, len(_OBJECTS) - 1), max_size=5)
STEPS = st.lists(st.tuples(st.integers(1, 3), TABLES), min_size=1, max_size=12)


def _said(known: Descriptors) -> tuple[object, ...]:
    inodes = {ino: {(one.pid, one.fd, one.object) for one in known.on_inode(ino)} for ino in (1, 2, 3)}
    sockets = {ino: known.at((one.pid, one.fd)) == one for ino, one in known.sockets.items()}
    anonymous = {known.at(slot).object for slot in known.anonymous()}
    epolls = {name: set(slots) for name, slots in known.epolls.items()}
    return known.count, inodes, sockets, anonymous, epolls, {ino: set(slots) for ino, slots in known.namespaces.items()}


@given(STEPS)
def test_any_sequence_of_walks_equals_a_fresh_start(steps: list[tuple[int, dict[int, int]]]) -> None:
    known, tables = Descriptors(SHARED), dict[int, Table]()
    for pid, objects in steps:
        after = _table(pid, objects)
        known.replace(pid, tables.get(pid, {}), after)
        tables[pid] = after
    fresh = Descriptors(SHARED)
    for pid, table in tables.items():
        fresh.replace(pid, {}, table)
    assert _said(known) == _said(fresh)


@given(TABLES, TABLES)
def test_what_has_changed_is_named_and_nothing_else(before: dict[int, int], after: dict[int, int]) -> None:
    known = Descriptors(SHARED)
    old, new = _table(1, before), _table(1, after)
    known.replace(1, {}, old)
    known.settle()
    known.replace(1, old, new)
    moved = {fd for fd in old.keys() | new.keys() if before.get(fd) != after.get(fd)}
    objects = {table[fd].object for table in (old, new) for fd in moved if fd in table}
    assert {place for place in known.changed if isinstance(place, str)} == objects
    assert {fd for _, fd in known.closed} == {fd for fd in moved if fd in old}
