"""timerfd: a timer that is read."""

import re

from sockscope.abi.text import clean_str
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, integer, named_bits
from sockscope.kinds.quantities import duration
from sockscope.kinds.words import after_colon, counted, joined, number, text
from sockscope.model.descriptor import CleanFields, Fields

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


def _decode(lines: Lines) -> CleanFields:
    """Read clock, ticks (expirations nobody has read), settime flags, remaining and interval in ns (0: none).

    `armed`: whether it counts now. A timer that was set to a first time of 0 does not, whatever its interval
    (`timerfd_settime(2)`), and one that has expired does not until somebody reads it (fs/timerfd.c): what is written
    as remaining is 0 then. So is `ticks` less than what a read returns, which counts the intervals that were missed.
    """
    values = dict(lines)
    fields: CleanFields = {}
    clock = integer(values.get(b"clockid", b""))
    if clock is not None:
        fields["clock"] = clean_str(_CLOCKS.get(clock) or str(clock))
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
    remaining = number(fields, "remaining_ns")
    if remaining is not None:
        fields["armed"] = remaining > 0
    return fields


def _phrase(_target: str, fields: Fields) -> str:
    interval, ticks = number(fields, "interval_ns"), number(fields, "ticks")
    every = f"every {duration(interval)}" if interval else ""
    if _armed(fields) is None:
        return every
    if _armed(fields):
        return joined(every or "once", _next(fields), _unread(ticks))
    if ticks:
        return joined(every, "expired, not read" if ticks == 1 else f"expired, {_unread(ticks)}")
    # Where there is no interval nothing in fdinfo tells the two apart.
    return f"disarmed, with an interval of {duration(interval)}" if interval else "never armed or disarmed"


def _armed(fields: Fields) -> bool | None:
    remaining = number(fields, "remaining_ns")
    return fields.get("armed") if remaining is None else remaining > 0


def _next(fields: Fields) -> str:
    remaining = number(fields, "remaining_ns")
    if not remaining:
        return ""
    return f"{'next ' if number(fields, 'interval_ns') else ''}in {duration(remaining)}"


def _unread(ticks: int | None) -> str:
    return f"{counted(ticks, 'expiration')} not read" if ticks else ""


def _sentence(target: str, fields: Fields) -> str:
    clock = text(fields, "clock")
    return f"A timer that is read{f', on {clock}' if clock else ''}{after_colon(_phrase(target, fields))}"


KIND = Kind(
    "timerfd",
    anon=(b"[timerfd]",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    tells="clock, whether it is armed, remaining and interval in ns, ticks",
    since="3.17",
    colour="event",
)
