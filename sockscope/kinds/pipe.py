"""Pipe without a name: both ends are one object."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import number_of
from sockscope.model.descriptor import Fields


def _phrase(target: str, _fields: Fields) -> str:
    return number_of(target)


def _sentence(target: str, _fields: Fields) -> str:
    return f"A pipe, {number_of(target)}"


KIND = Kind(
    "pipe",
    prefixes=(b"pipe",),
    phrase=_phrase,
    sentence=_sentence,
    one_object="(device, inode)",
    tells="which end",
    own_inode=True,
    reopened=True,
    two_ended=True,
    colour="pipe",
)
