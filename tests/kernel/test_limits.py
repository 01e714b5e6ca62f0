"""Limits as the kernel writes them."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.limits import parse_nofile, parse_numbers, read_limits
from sockscope.kernel.procfs import Procfs
from sockscope.model.limits import Limits

LIMITS = b"".join(
    b"%-25s %-20s %-20s %-10s\n" % line
    for line in (
        (b"Limit", b"Soft Limit", b"Hard Limit", b"Units"),
        (b"Max file size", b"unlimited", b"unlimited", b"bytes"),
        (b"Max processes", b"15432", b"15432", b"processes"),
        (b"Max open files", b"1024", b"524288", b"files"),
    )
)
"""Columns as in fs/proc/base.c, `proc_pid_limits`."""


def test_the_soft_limit_is_what_counts() -> None:
    assert parse_nofile(LIMITS) == 1024


def test_a_file_without_it_says_nothing() -> None:
    assert parse_nofile(b"") == -1
    assert parse_nofile(LIMITS.replace(b"1024 ", b"many ")) == -1


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(data: bytes) -> None:
    assert parse_nofile(data) >= -1
    assert all(number >= 0 for number in parse_numbers(data))


def test_limits_of_the_machine_are_read_and_what_is_missing_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "sys/fs/inotify").mkdir(parents=True)
    (tmp_path / "sys/fs/file-nr").write_text("1984\t0\t9223372036854775807\n")
    (tmp_path / "sys/fs/inotify/max_user_watches").write_text("8192\n")
    assert read_limits(Procfs(str(tmp_path))) == Limits(1984, 9223372036854775807, -1, 8192)
    (tmp_path / "sys/net/ipv4").mkdir(parents=True)
    (tmp_path / "sys/net/ipv4/ip_local_port_range").write_text("32768\t60999\n")
    assert read_limits(Procfs(str(tmp_path))).local_ports == (32768, 60999)
