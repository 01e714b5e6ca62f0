"""Locks on a file with who holds them, of which there may be more than are read: then nothing is concluded from it."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from sockscope.abi.strings import Clean
from sockscope.collect import file_locks
from sockscope.collect.file_locks import INFO_LIMIT, MOST, NOT_ALL, read_file_locks
from sockscope.collect.lock_waits import LockWaits, read_lock_waits
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.kernel import locks
from sockscope.kernel.procfs import Procfs
from sockscope.model.wait import ProcessWaits, Wait
from tests.world.build import descriptor

INO = 77
FLOCK = "FLOCK  ADVISORY  READ {pid} 08:01:77 0 EOF"
RANGE = "POSIX  ADVISORY  WRITE {pid} 08:01:77 {place} {place}"


class Recorded:
    """A tree with locks, and descriptors that have some of them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.procfs = Procfs(str(root))
        self.notes: list[Clean] = []

    def listed(self, lines: Iterable[str]) -> None:
        text = "".join(f"{number}: {line}\n" for number, line in enumerate(lines, 1))
        (self._root / "locks").write_text(text)

    def holds(self, pid: int, fd: int, lines: Iterable[str]) -> None:
        place = self._root / str(pid) / "fdinfo"
        place.mkdir(parents=True, exist_ok=True)
        text = "".join(f"lock:\t{number}: {line}\n" for number, line in enumerate(lines, 1))
        (place / str(fd)).write_text("pos:\t0\nflags:\t02\nmnt_id:\t9\n" + text)

    def told(self, slots: Iterable[tuple[int, int]], work: int = file_locks.WORK) -> list[object]:
        return [one.get("slots") for one in read_file_locks(self.procfs, INO, slots, self.notes, work)]


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path)


def test_who_has_a_lock_is_told_by_its_open_file(recorded: Recorded) -> None:
    recorded.listed([FLOCK.format(pid=5), FLOCK.format(pid=6)])
    recorded.holds(5, 3, [FLOCK.format(pid=5)])
    recorded.holds(6, 3, [FLOCK.format(pid=6)])
    assert recorded.told([(5, 3), (6, 3)]) == [[(5, 3)], [(6, 3)]]
    assert not recorded.notes


def test_a_lock_is_not_told_from_one_that_reads_the_same_far_down_the_list(recorded: Recorded) -> None:
    others = [RANGE.format(pid=8, place=place) for place in range(MOST)]
    recorded.listed([FLOCK.format(pid=5), *others, FLOCK.format(pid=5)])
    recorded.holds(5, 3, [FLOCK.format(pid=5)])
    found = recorded.told([(5, 3)])
    assert len(found) == MOST
    assert found[0] is None
    assert recorded.notes == ["2 more locks on files of this number are not shown"]


def test_where_not_all_locks_of_the_machine_were_read_no_holder_is_told(recorded: Recorded, monkeypatch) -> None:
    recorded.listed([FLOCK.format(pid=5), FLOCK.format(pid=6)])
    recorded.holds(5, 3, [FLOCK.format(pid=5)])
    monkeypatch.setattr(locks, "MOST_READ", 60)
    assert recorded.told([(5, 3)]) == [None]
    assert recorded.notes == [NOT_ALL]


def test_descriptors_beyond_the_work_of_a_look_are_counted(recorded: Recorded) -> None:
    recorded.listed([FLOCK.format(pid=5), FLOCK.format(pid=6)])
    for pid in (5, 6, 7):
        recorded.holds(pid, 3, [FLOCK.format(pid=pid)])
    assert recorded.told([(5, 3), (6, 3), (7, 3)], work=4) == [[(5, 3)], None]
    assert recorded.notes == ["2 descriptors were not asked which locks they have: there are too many"]


def test_a_lock_in_a_line_that_is_cut_is_not_read_as_another(recorded: Recorded) -> None:
    place = 10**9
    line = len("lock:\t100: " + RANGE.format(pid=5, place=place) + "\n")
    many = [RANGE.format(pid=5, place=place + number) for number in range(2 * INFO_LIMIT // line)]
    recorded.holds(5, 3, many)
    read = len(file_locks.held_at(recorded.procfs, [(5, 3)], file_locks.Allowance(1))[0])
    recorded.listed(RANGE.format(pid=5, place=place + number) for number in range(read - 1, read + 1))
    assert recorded.told([(5, 3)]) == [[(5, 3)], None]
    assert recorded.notes == ["1 descriptor was not asked which locks they have: there are too many"]


def waits(recorded: Recorded, work: int = 1 << 16) -> LockWaits:
    known = Descriptors(0)
    known.replace(5, {}, {3: descriptor(5, 3, "file", ino=INO)})
    known.replace(6, {}, {3: descriptor(6, 3, "file", ino=INO)})
    asleep = ProcessWaits(9, 1, (Wait(9, "flock", 3, manner="lock"),))
    return read_lock_waits(recorded.procfs, known, [asleep], work)


BLOCKED = "-> FLOCK  ADVISORY  WRITE 9 08:01:77 0 EOF"


def test_who_has_the_lock_that_is_waited_for_is_told_when_all_who_may_have_it_were_read(recorded: Recorded) -> None:
    text = f"1: {FLOCK.format(pid=5)}\n1: {BLOCKED}\n"
    (Path(recorded.procfs.root) / "locks").write_text(text)
    recorded.holds(5, 3, [FLOCK.format(pid=5)])
    recorded.holds(6, 3, [])
    found = waits(recorded)
    assert [one.held_by for one in found.waits] == [((5, 3),)]
    assert not found.notes
    assert [one.held_by for one in waits(recorded, work=8).waits] == [()]


def test_that_there_may_be_other_requests_is_said(recorded: Recorded, monkeypatch) -> None:
    text = f"1: {FLOCK.format(pid=5)}\n1: {BLOCKED}\n"
    (Path(recorded.procfs.root) / "locks").write_text(text * 2)
    monkeypatch.setattr(locks, "MOST_READ", len(text) + 20)
    assert waits(recorded).notes == (NOT_ALL,)
    monkeypatch.setattr(locks, "MOST_READ", 1 << 20)
    (Path(recorded.procfs.root) / "locks").write_text(text * (MOST + 1))
    found = waits(recorded)
    assert len(found.waits) == MOST
    assert found.notes == (NOT_ALL,)
