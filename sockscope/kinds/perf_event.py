"""Performance counter or trace."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields


def _phrase(_target: str, _fields: Fields) -> str:
    return "performance counter"


def _sentence(_target: str, _fields: Fields) -> str:
    return "A performance counter or trace of perf_event_open(2); what it counts cannot be read from outside"


KIND = Kind(
    "perf_event",
    anon=(b"[perf_event]",),
    phrase=_phrase,
    sentence=_sentence,
    tells="that it is one: what it counts, fdinfo does not say",
    since="2.6.31",
    shortest="perf",
)
