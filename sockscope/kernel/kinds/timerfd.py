"""timerfd: a timer that is read."""

import re

from sockscope.kernel.kinds.family import Family, Fields, Lines, integer, named_bits

_CLOCKS = {
    0: "CLOCK_REALTIME",
    1: "CLOCK_MONOTONIC",
    7: "CLOCK_BOOTTIME",
    8: "CLOCK_REALTIME_ALARM",
    9: "CLOCK_BOOTTIME_ALARM",
}
_SETTIME = ((0x1, "TFD_TIMER_ABSTIME"), (0x2, "TFD_TIMER_CANCEL_ON_SET"))
_LONGEST = (1 << 63) - 1
"""The kernel's own longest time in ns (`KTIME_MAX`)."""
_TIME = re.compile(rb"\((\d{1,19}), *(\d{1,9})\)")


def _parse(lines: Lines) -> Fields:
    """Read clock, ticks (expirations nobody has read), settime flags, remaining and interval in ns (0: none)."""
    values = dict(lines)
    fields: Fields = {}
    clock = integer(values.get(b"clockid", b""))
    if clock is not None:
        fields["clock"] = _CLOCKS.get(clock, str(clock))
    ticks = integer(values.get(b"ticks", b""))
    if ticks is not None:
        fields["ticks"] = ticks
    settime = integer(values.get(b"settime flags", b""), 8)
    if settime is not None and settime >= 0:
        fields["settime_flags"] = named_bits(settime, _SETTIME)
    for key, name in ((b"it_value", "remaining_ns"), (b"it_interval", "interval_ns")):
        match = _TIME.fullmatch(values.get(key, b""))
        if match:
            fields[name] = min(int(match[1]) * 1_000_000_000 + int(match[2]), _LONGEST)
    return fields


FAMILIES = (Family("timerfd", anon=(b"[timerfd]",), parse=_parse),)
