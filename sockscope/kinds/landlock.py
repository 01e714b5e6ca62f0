"""Set of Landlock rules."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields


def _phrase(_target: str, _fields: Fields) -> str:
    return "Landlock rule set"


def _sentence(_target: str, _fields: Fields) -> str:
    return "A set of Landlock rules, with which a process can restrict itself"


KIND = Kind(
    "landlock",
    anon=(b"[landlock-ruleset]", b"landlock-ruleset"),
    phrase=_phrase,
    sentence=_sentence,
    tells="that it is one",
    since="5.13",
)
