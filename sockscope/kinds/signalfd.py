"""signalfd: signals that are read instead of delivered."""

from sockscope.abi.signals import signal_names
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, integer
from sockscope.kinds.words import listed, texts
from sockscope.model.descriptor import CleanFields, Fields

_SHOWN = 4
"""Signals that a row names."""


def _decode(lines: Lines) -> CleanFields:
    mask = integer(dict(lines).get(b"sigmask", b""), 16)
    return {} if mask is None or mask < 0 else {"signals": signal_names(mask)}


def _phrase(_target: str, fields: Fields) -> str:
    if "signals" not in fields:
        return ""
    signals = texts(fields, "signals")
    more = len(signals) - _SHOWN
    shown = " ".join(signals[:_SHOWN] if more > 1 else signals)
    return f"{shown} +{more}" if more > 1 else shown or "no signals"


def _sentence(_target: str, fields: Fields) -> str:
    if "signals" not in fields:
        return "A signalfd: signals are read from it instead of being delivered"
    return f"A signalfd: the reader takes {listed(texts(fields, 'signals')) or 'no signals'} from it"


KIND = Kind(
    "signalfd",
    anon=(b"[signalfd]",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    tells="names of signals",
    since="3.8",
    colour="event",
)
