"""Supervisor's end of a seccomp filter (`seccomp_unotify(2)`)."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields


def _phrase(_target: str, _fields: Fields) -> str:
    return "seccomp supervisor"


def _sentence(_target: str, _fields: Fields) -> str:
    return "The supervisor's end of a seccomp filter: system calls of filtered processes wait for its answer"


KIND = Kind(
    "seccomp",
    anon=(b"seccomp notify",),
    phrase=_phrase,
    sentence=_sentence,
    tells="that it is one",
    since="5.0",
)
