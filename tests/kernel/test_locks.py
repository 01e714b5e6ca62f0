"""/proc/locks: who has locked a file, and who waits to."""

from pathlib import Path

import pytest

from sockscope.kernel import locks
from sockscope.kernel.locks import LockList, parse_blocked, parse_locks, read_lock_list
from sockscope.kernel.procfs import Procfs

LOCKS = b"""\
1: POSIX  ADVISORY  WRITE 4711 08:01:12 100 109
1: -> POSIX  ADVISORY  WRITE 4712 08:01:12 100 109
2: FLOCK  ADVISORY  WRITE 4711 08:02:12 0 EOF
3: OFDLCK ADVISORY  READ -1 00:2a:12 0 EOF
4: POSIX  ADVISORY  WRITE 12 08:01:121 12 12
5: LEASE  ACTIVE    READ 4711 08:01:13 0 EOF
garbage :12 line
"""


def test_locks_on_one_inode_number_are_told_with_device_owner_and_whether_they_wait() -> None:
    found = [(one["type"], one["pid"], one["dev"], one["end"], one["blocked"]) for one in parse_locks(LOCKS, 12)]
    assert found == [
        ("POSIX", 4711, "8:1", 109, False),
        ("POSIX", 4712, "8:1", 109, True),
        ("FLOCK", 4711, "8:2", None, False),
        ("OFDLCK", -1, "0:42", None, False),
    ]


@pytest.mark.parametrize("number", [1, 2, 100, 4711, 0])
def test_numbers_that_are_no_inode_of_a_line_find_nothing(number: int) -> None:
    assert parse_locks(LOCKS, number) == []


def test_where_locks_cannot_be_read_there_are_none(tmp_path: Path) -> None:
    assert read_lock_list(Procfs(str(tmp_path))) == LockList(b"", whole=True)


def test_a_list_that_is_too_long_is_cut_between_two_locks_and_says_so(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "locks").write_bytes(LOCKS)
    assert read_lock_list(Procfs(str(tmp_path))) == LockList(LOCKS, whole=True)
    monkeypatch.setattr(locks, "MOST_READ", LOCKS.index(b"4: POSIX") + 30)
    cut = read_lock_list(Procfs(str(tmp_path)))
    assert cut == LockList(LOCKS[: LOCKS.index(b"4: POSIX")], whole=False)


QUEUES = b"""\
1: POSIX  ADVISORY  WRITE 20 fe:00:12 0 EOF
1: -> POSIX  ADVISORY  WRITE 21 fe:00:12 0 EOF
1:  -> POSIX  ADVISORY  READ 22 fe:00:12 0 EOF
2: LEASE  BREAKING  READ 23 fe:00:13 0 EOF
2: -> LEASE  BREAKER   READ 24 fe:00:13 0 EOF
3: FLOCK  ADVISORY  WRITE 25 fe:00:14 0 EOF
4: FLOCK  ADVISORY  WRITE 26 fe:00:15 0 EOF
4: -> FLOCK  ADVISORY  WRITE 27 fe:00:15 0 EOF
"""


def test_who_is_blocked_waits_for_the_lock_above_however_deep_in_its_queue() -> None:
    found = [(one.wanted["pid"], one.wanted["mode"], one.by["pid"]) for one in parse_blocked(QUEUES, 9)]
    assert found == [(21, "WRITE", 20), (22, "READ", 20), (27, "WRITE", 26)]
    assert len(parse_blocked(QUEUES, 2)) == 2


@pytest.mark.parametrize("data", [b"1: -> FLOCK  ADVISORY  WRITE 27 fe:00:15 0 EOF\n", b"-> ", b"x\n1: -> y\n"])
def test_a_request_below_no_lock_is_left_out(data: bytes) -> None:
    assert parse_blocked(data, 9) == []
