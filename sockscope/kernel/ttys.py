"""Controlling terminals: from the device number in `/proc/PID/stat` to the name below /dev."""

from collections.abc import Sequence
from typing import NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean, clean_str, ours

_VT_MAJOR = 4
_PTS, _PTS_END, _PTS_PER_MAJOR = 136, 143, 256
_SERIAL_ON_VT_MAJOR = 64

_SINGLE = {(4, 0): "tty0", (5, 0): "tty", (5, 1): "console", (5, 2): "ptmx", (5, 3): "ttyprintk"}
_NUMBERED = {166: "ttyACM", 188: "ttyUSB", 229: "hvc"}
_BSD_MAJOR, _BSD_LETTERS = 3, "pqrstuvwxyzabcde"


class TtyDriver(NamedTuple):
    """One line of `/proc/tty/drivers`: which device numbers a terminal driver has."""

    prefix: Clean
    """Name below /dev without the number, cleaned (`ttyS`)."""
    major: int
    first: int
    last: int
    kind: Clean
    """`serial`, `pty:slave`, `console`, `system:console`, …"""


def parse_tty_drivers(data: Raw) -> list[TtyDriver]:
    """Parse `/proc/tty/drivers` (`proc_tty(5)`). Lines that do not look like it are skipped."""
    return [driver for line in data.split(b"\n") if (driver := _parse_driver(line)) is not None]


def device(tty_nr: int) -> tuple[int, int]:
    """Split a terminal number in the kernel's new encoding into (major, minor).

    The minor's low 8 bits and high 12 bits stand around the 12 bits of the major (`new_encode_dev`).
    """
    return tty_nr >> 8 & 0xFFF, (tty_nr & 0xFF) | (tty_nr >> 12 & 0xFFF00)


def tty_name(tty_nr: int, drivers: Sequence[TtyDriver] = ()) -> Clean:
    """Name a terminal without `/dev/`: `pts/1`, `tty1`, `ttyS0`, `console`; "" for 0.

    Majors without a fixed meaning are looked up in `drivers`; one that nobody claims reads `MAJOR:MINOR`.
    """
    if tty_nr == 0:
        return NOTHING
    major, minor = device(tty_nr)
    return _fixed_name(major, minor) or _driver_name(major, minor, drivers) or ours("{}:{}", major, minor)


def _fixed_name(major: int, minor: int) -> Clean:
    if _PTS <= major <= _PTS_END:
        return ours("pts/{}", (major - _PTS) * _PTS_PER_MAJOR + minor)
    if (major, minor) in _SINGLE:
        return clean_str(_SINGLE[major, minor])
    if major == _VT_MAJOR:
        return ours("tty{}", minor) if minor < _SERIAL_ON_VT_MAJOR else ours("ttyS{}", minor - _SERIAL_ON_VT_MAJOR)
    if major == _BSD_MAJOR:
        return ours("tty{}{:x}", clean_str(_BSD_LETTERS[minor >> 4 & 15]), minor & 15)
    return ours("{}{}", clean_str(_NUMBERED[major]), minor) if major in _NUMBERED else NOTHING


def _driver_name(major: int, minor: int, drivers: Sequence[TtyDriver]) -> Clean:
    for driver in drivers:
        if driver.major == major and driver.first <= minor <= driver.last:
            return (
                driver.prefix if driver.kind.startswith("system") else ours("{}{}", driver.prefix, minor - driver.first)
            )
    return NOTHING


def _parse_driver(line: Raw) -> TtyDriver | None:
    # The driver's name may contain blanks, so the fields are counted from the end.
    try:
        _name, prefix, major, minors, kind = line.rsplit(None, 4)
        first, _, last = minors.partition(b"-")
        numbers = int(major), int(first), int(last or first)
    except ValueError:
        return None
    return TtyDriver(clean(prefix).removeprefix("/dev/"), *numbers, clean(kind))
