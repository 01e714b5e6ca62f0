"""A moment as somebody types it (`14:02`, `-10m`, `2026-11-27T14:02`), and the look of a recording that it means."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sockscope.abi.text import clean_str, cut
from sockscope.recording.reader import Recording

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
"""By the letter of the unit."""
_SPAN = re.compile(r"([+-])(\d{1,9})([smhdw])", re.ASCII)
_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?", re.ASCII)
_ECHO = 60
FORMS = "-10m, +90s, 14:02, 14:02:30, 2026-11-27T14:02"
"""Examples of what is understood, for complaints and help."""
SHOWN = "%Y-%m-%d %H:%M:%S"


class MomentError(Exception):
    """A moment makes no sense: one line that says why."""


def check_moment(text: str) -> None:
    """Check that a moment is written as any is.

    Raises:
        MomentError: it is not.
    """
    if text and _SPAN.fullmatch(text) is None and _time_of_day(text) is None and _date(text) is None:
        msg = f"{cut(ascii(clean_str(text)), _ECHO)} is no moment; these are: {FORMS}"
        raise MomentError(msg)


def find_look(recording: Recording, text: str) -> int:
    """Return the number of the look that a moment means: the last one that was taken by then.

    Args:
        recording: what to search.
        text: `-10m` is that long before the last look and `+10m` after the first, by a clock that nobody sets; `14:02`
            the last time that it was so late there, by the clock of the day here; a date is itself; "" the last look.

    Raises:
        MomentError: the moment makes no sense, or lies before the first look.
    """
    if not text:
        return len(recording.looks) - 1
    check_moment(text)
    span = _SPAN.fullmatch(text)
    if span is not None:
        seconds = int(span[2]) * SECONDS[span[3]]
        passed = seconds if span[1] == "+" else recording.passed[-1] - seconds
        if passed < 0:
            raise _too_early(recording, text)
        return recording.at_passed(passed)
    date = _date(text)
    found = _last_by(recording, date.timestamp()) if date is not None else _by_time_of_day(recording, text)
    if found is None:
        raise _too_early(recording, text)
    return found


def shown(wall: float) -> str:
    """Write when a look was, by the clock of the day here."""
    return datetime.fromtimestamp(wall).strftime(SHOWN)  # noqa: DTZ006 - as whoever looks reads his clock


def _last_by(recording: Recording, wall: float) -> int | None:
    """Return the last look that was taken by `wall` at the latest; where the clock was set back, the latest."""
    return next((n for n in reversed(range(len(recording.looks))) if recording.looks[n].head.wall <= wall), None)


def _by_time_of_day(recording: Recording, text: str) -> int | None:
    wanted = _time_of_day(text)
    last = datetime.fromtimestamp(recording.looks[-1].head.wall)  # noqa: DTZ006
    if wanted is None:
        return None
    moment = last.replace(hour=wanted[0], minute=wanted[1], second=wanted[2], microsecond=999_999)
    if moment.replace(microsecond=0) > last:
        moment -= timedelta(days=1)
    return _last_by(recording, moment.timestamp())


def _time_of_day(text: str) -> Sequence[int] | None:
    if _OF_DAY.fullmatch(text) is None:
        return None
    hour, minute, second, *_ = [*map(int, text.split(":")), 0]
    day = timedelta(hours=hour, minutes=minute, seconds=second)
    return (hour, minute, second) if day < timedelta(days=1) and minute < 60 and second < 60 else None  # noqa: PLR2004


def _date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text) if text[:4].isdecimal() else None
        if date is not None:
            date.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return date


def _too_early(recording: Recording, text: str) -> MomentError:
    first, last = (shown(recording.looks[n].head.wall) for n in (0, -1))
    return MomentError(f"{cut(clean_str(text), _ECHO)} is before this recording, which is of {first} to {last}")
