"""eventfd, timerfd and signalfd in words."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.quantities import duration
from sockscope.model.kinds.words import Words, counted, listed, number, text, texts

_SHOWN_SIGNALS = 4


def _eventfd(_target: str, fields: Fields) -> str:
    count = number(fields, "count")
    if count is None:
        return ""
    return f"{'semaphore' if fields.get('semaphore') else 'count'} {count}"


def _eventfd_sentence(_target: str, fields: Fields) -> str:
    count, identity = number(fields, "count"), number(fields, "id")
    taken = ", of which each read takes one" if fields.get("semaphore") else ""
    what = "An eventfd: a counter in the kernel" + (f", now {count}{taken}" if count is not None else "")
    return what + (f" (eventfd-id {identity})" if identity is not None else "")


def _timer(fields: Fields) -> str:
    remaining, interval = number(fields, "remaining_ns"), number(fields, "interval_ns")
    if remaining is None:
        return f"every {duration(interval)}" if interval else ""
    if interval:
        return f"every {duration(interval)}, next in {duration(remaining)}"
    return f"once, in {duration(remaining)}" if remaining else ""


def _timerfd(_target: str, fields: Fields) -> str:
    ticks = number(fields, "ticks")
    if ticks:
        unread = f"{counted(ticks, 'expiration')} not read"
        return f"{_timer(fields)}, {unread}" if _timer(fields) else f"expired, {unread}"
    return _timer(fields) or ("disarmed" if number(fields, "remaining_ns") == 0 else "")


def _timerfd_sentence(target: str, fields: Fields) -> str:
    clock, state = text(fields, "clock"), _timerfd(target, fields)
    return f"A timer that is read{f', on {clock}' if clock else ''}{f': {state}' if state else ''}"


def _signalfd(_target: str, fields: Fields) -> str:
    if "signals" not in fields:
        return ""
    signals = texts(fields, "signals")
    more = len(signals) - _SHOWN_SIGNALS
    shown = " ".join(signals[:_SHOWN_SIGNALS] if more > 1 else signals)
    return f"{shown} +{more}" if more > 1 else shown or "no signals"


def _signalfd_sentence(_target: str, fields: Fields) -> str:
    if "signals" not in fields:
        return "A signalfd: signals are read from it instead of being delivered"
    return f"A signalfd: the reader takes {listed(texts(fields, 'signals')) or 'no signals'} from it"


WORDS = (
    Words("eventfd", _eventfd, _eventfd_sentence),
    Words("timerfd", _timerfd, _timerfd_sentence),
    Words("signalfd", _signalfd, _signalfd_sentence),
)
