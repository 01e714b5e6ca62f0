"""Open flags by name, per architecture."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.open_flags import NAMES, access, closes_on_exec, flag_names


@pytest.mark.parametrize(
    ("machine", "flags", "names"),
    [
        ("x86_64", 0o2100002, ["O_RDWR", "O_LARGEFILE", "O_CLOEXEC"]),
        ("aarch64", 0o2400002, ["O_RDWR", "O_LARGEFILE", "O_CLOEXEC"]),
        ("x86_64", 0o200000, ["O_RDONLY", "O_DIRECTORY"]),
        ("aarch64", 0o40000, ["O_RDONLY", "O_DIRECTORY"]),
        ("x86_64", 0o40001, ["O_WRONLY", "O_DIRECT"]),
        ("aarch64", 0o200001, ["O_WRONLY", "O_DIRECT"]),
        ("x86_64", 0o12400000, ["O_NOFOLLOW", "O_CLOEXEC", "O_PATH"]),
        ("aarch64", 0o12100000, ["O_NOFOLLOW", "O_CLOEXEC", "O_PATH"]),
        ("x86_64", 0o20200002, ["O_RDWR", "O_TMPFILE"]),
        ("aarch64", 0o20040002, ["O_RDWR", "O_TMPFILE"]),
        ("x86_64", 0o4010001, ["O_WRONLY", "O_SYNC"]),
        ("x86_64", 0o10001, ["O_WRONLY", "O_DSYNC"]),
        ("x86_64", 0o6000, ["O_RDONLY", "O_APPEND", "O_NONBLOCK"]),
        ("x86_64", 0o3, ["O_ACCMODE"]),
        ("x86_64", 0o100000000000, ["O_RDONLY", "0o100000000000"]),
        ("x86_64", -1, []),
        ("aarch64", 0o100002, ["O_RDWR", "O_NOFOLLOW"]),
        ("ppc64le", 0o100002, ["O_RDWR", "O_NOFOLLOW"]),
        ("x86_64", 0o20200002 | 0o100000, ["O_RDWR", "O_TMPFILE", "O_LARGEFILE"]),
    ],
)
def test_flags_are_named_with_the_numbers_of_the_architecture(machine: str, flags: int, names: list[str]) -> None:
    assert flag_names(flags, machine) == names


@pytest.mark.parametrize(
    "name", ["O_APPEND", "O_NONBLOCK", "O_DIRECT", "O_DIRECTORY", "O_NOFOLLOW", "O_NOATIME", "O_CLOEXEC", "O_TMPFILE"]
)
def test_the_names_are_those_of_this_machine(name: str) -> None:
    assert flag_names(getattr(os, name) | os.O_RDWR) == ["O_RDWR", name]


@pytest.mark.parametrize(("flags", "mode"), [(0, "r"), (1, "w"), (2, "rw"), (3, ""), (0o10000000, ""), (-1, "")])
def test_the_access_mode_is_that_of_the_open_file(flags: int, mode: str) -> None:
    assert access(flags) == mode


@given(st.integers(min_value=0, max_value=(1 << 64) - 1), st.sampled_from(["x86_64", "aarch64", "ppc64le"]))
def test_no_bit_is_lost(flags: int, machine: str) -> None:
    assert len(flag_names(flags, machine)) == len(set(flag_names(flags, machine)))
    assert (flag_names(flags, machine) == flag_names(0, machine)) == (flags == 0)


@given(st.integers(min_value=0, max_value=(1 << 28) - 1), st.sampled_from(["x86_64", "aarch64", "ppc64le"]))
def test_what_is_named_has_a_name_in_the_table(flags: int, machine: str) -> None:
    assert {name for name in flag_names(flags, machine) if not name.startswith("0o")} <= {*NAMES}


def test_a_list_of_names_is_the_callers_own() -> None:
    flag_names(0).append("mine")
    assert flag_names(0) == ["O_RDONLY"]


@pytest.mark.parametrize(("flags", "closes"), [(-1, None), (0, False), (0o2000002, True), (0o12000000, True)])
def test_whether_execve_closes_it_is_known_where_flags_were_read(flags: int, closes: bool | None) -> None:
    assert closes_on_exec(flags) is closes
