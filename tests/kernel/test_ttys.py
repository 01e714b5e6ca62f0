"""Terminals by device number."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.ttys import TtyDriver, device, parse_tty_drivers, tty_name

DRIVERS = b"""\
/dev/tty             /dev/tty        5       0 system:/dev/tty
/dev/console         /dev/console    5       1 system:console
/dev/ptmx            /dev/ptmx       5       2 system
/dev/vc/0            /dev/vc/0       4       0 system:vtmaster
serial               /dev/ttyS       4      64-95 serial
msm serial           /dev/ttyMSM   240      2-5 serial
pty_slave            /dev/pts      136 0-1048575 pty:slave
unknown              /dev/tty        4 1-63 console
nonsense
too few fields
"""


def encoded(major: int, minor: int) -> int:
    return (minor & 0xFF) | major << 8 | (minor & ~0xFF) << 12


@pytest.mark.parametrize(
    ("major", "minor", "name"),
    [
        (136, 0, "pts/0"),
        (136, 1, "pts/1"),
        (136, 300, "pts/300"),
        (136, 1048575, "pts/1048575"),
        (137, 4, "pts/260"),
        (4, 1, "tty1"),
        (4, 63, "tty63"),
        (4, 64, "ttyS0"),
        (4, 66, "ttyS2"),
        (4, 0, "tty0"),
        (5, 0, "tty"),
        (5, 1, "console"),
        (3, 0x1F, "ttyqf"),
        (188, 1, "ttyUSB1"),
        (166, 0, "ttyACM0"),
        (229, 0, "hvc0"),
        (240, 4, "ttyMSM2"),
        (240, 9, "240:9"),
        (250, 7, "250:7"),
    ],
)
def test_terminals_are_named_as_below_dev(major: int, minor: int, name: str) -> None:
    assert tty_name(encoded(major, minor), parse_tty_drivers(DRIVERS)) == name


def test_no_terminal_has_no_name() -> None:
    assert tty_name(0) == ""


def test_a_number_that_the_kernel_prints_as_negative_is_still_a_terminal() -> None:
    number = encoded(136, 1048575)
    assert tty_name(number - (1 << 32)) == "pts/1048575"


def test_the_table_of_drivers_is_read_from_the_end_of_each_line() -> None:
    drivers = parse_tty_drivers(DRIVERS)
    assert TtyDriver("ttyMSM", 240, 2, 5, "serial") in drivers
    assert TtyDriver("console", 5, 1, 1, "system:console") in drivers
    assert len(drivers) == 8


def test_a_pseudoterminal_of_this_machine_is_named_as_the_system_names_it() -> None:
    master, slave = os.openpty()
    try:
        number = os.fstat(slave).st_rdev
        assert f"/dev/{tty_name(encoded(os.major(number), os.minor(number)))}" == os.ttyname(slave)
    finally:
        os.close(master)
        os.close(slave)


@given(st.integers(0, 0xFFF), st.integers(0, 0xFFFFF))
def test_device_numbers_come_apart_as_they_were_put_together(major: int, minor: int) -> None:
    assert device(encoded(major, minor)) == (major, minor)


@given(st.binary())
def test_any_table_of_drivers_is_taken(data: bytes) -> None:
    assert all(driver.prefix.isprintable() for driver in parse_tty_drivers(data))
