"""Durations and sizes as a reader takes them in at a glance."""

_NS_PER_US, _NS_PER_MS, _NS_PER_S = 1_000, 1_000_000, 1_000_000_000
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 31_557_600
_KIB = 1024
_SIZES = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def duration(nanoseconds: int) -> str:
    """Write a duration: `250 µs`, `400 ms`, `1.5 s`, `2 min 5 s`, `3 h 12 min`, `4 d 1 h`, `12 years`."""
    if nanoseconds < _NS_PER_US:
        return f"{nanoseconds} ns"
    if nanoseconds < _NS_PER_MS:
        return f"{nanoseconds // _NS_PER_US} µs"
    if nanoseconds < _NS_PER_S:
        return f"{nanoseconds // _NS_PER_MS} ms"
    if nanoseconds < _MINUTE * _NS_PER_S:
        tenths = nanoseconds * 10 // _NS_PER_S
        return f"{tenths // 10}.{tenths % 10} s" if tenths % 10 else f"{tenths // 10} s"
    return _long(nanoseconds // _NS_PER_S)


def _long(seconds: int) -> str:
    if seconds < _HOUR:
        return _pair(seconds, _MINUTE, "min", 1, "s")
    if seconds < _DAY:
        return _pair(seconds, _HOUR, "h", _MINUTE, "min")
    if seconds < 2 * _YEAR:
        return _pair(seconds, _DAY, "d", _HOUR, "h")
    return f"{seconds // _YEAR} years"


def _pair(seconds: int, large: int, large_name: str, small: int, small_name: str) -> str:
    rest = seconds % large // small
    return f"{seconds // large} {large_name}" + (f" {rest} {small_name}" if rest else "")


def size(count: int) -> str:
    """Write a number of bytes: `1 byte`, `4 KiB`, `1.5 MiB`."""
    if count == 1:
        return "1 byte"
    power = min(max(count.bit_length() - 1, 0) // 10, len(_SIZES) - 1)
    tenths = count * 10 // _KIB**power
    whole = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}"
    return f"{whole} {_SIZES[power]}"
