"""Frames of a file made safe: whoever wrote it may have put into its strings what no kernel reader of ours would."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import fields, force_setattr

from sockscope.abi.text import clean_str
from sockscope.frames.messages import Frame, Hello
from sockscope.model.address import InternetAddress
from sockscope.recording.layout import RecordingError

_HOSTS = frozenset({4, 16})
"""Bytes of an internet address."""
_NO_ADDRESS = "an address has a length that none has"
_NUMBERS = frozenset({int, bool, float, bytes, type(None)})
MAX_DEPTH = 32
"""Levels of values in values; ours have less than ten."""


def clean_message(message: Hello | Frame) -> None:
    """Clean every string of a message that was just decoded, in place where there is something to clean.

    Raises:
        RecordingError: a value is none that the kernel has.
    """
    for name in _fields(type(message)):
        value = getattr(message, name)
        if not _is_plain([value], 0):
            force_setattr(message, name, _cleaned(value))
    if isinstance(message, Hello) and not (message.ticks > 0 and 0 <= message.boot_time < 1 << 37):
        msg = "the greeting makes no sense"
        raise RecordingError(msg)
    if isinstance(message, Frame) and not 0 <= message.time < 1 << 37:
        msg = "a frame has no sensible time"
        raise RecordingError(msg)


def _cleaned(value: Any) -> Any:
    """Clean a field: where it has many values, those alone that have something to clean."""
    if type(value) is tuple and value and isinstance(value[0], Struct):
        for one in value:
            if not _is_plain([one], 0):
                _clean(one, 0)
        return value
    return _clean(value, 0)


def _is_plain(values: Sequence[Any], depth: int) -> bool:
    """Tell of many values at once whether no string in them has anything to clean; of a few it may not know that.

    Going through them one by one is most of the work of a jump.

    Raises:
        RecordingError: a value is none that the kernel has.
    """
    if depth > MAX_DEPTH:
        return False
    kinds = set(map(type, values)) - _NUMBERS
    for kind in kinds:
        same: list[Any] = [value for value in values if type(value) is kind]
        if kind is str:
            text = "".join(same)
            if not (text.isascii() and text.isprintable()):
                return False
        elif not all(_is_plain(part, depth + 1) for part in _parts(kind, same)):
            return False
    return True


def _parts(kind: type, values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield what values of one kind are made of."""
    if kind is tuple or kind is list:
        yield list(chain.from_iterable(values))
    elif kind is dict:
        yield list(chain.from_iterable(values))
        yield list(chain.from_iterable(value.values() for value in values))
    else:
        if issubclass(kind, InternetAddress) and not {len(value.host) for value in values} <= _HOSTS:
            raise RecordingError(_NO_ADDRESS)
        for name in _fields(kind):
            yield list(map(attrgetter(name), values))


def _clean(value: Any, depth: int) -> Any:
    """Return a value with its strings cleaned: a struct is changed in place, everything else made anew if need be."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() and value.isprintable() else clean_str(value)
    if kind is int or kind is bool or value is None or kind is float or kind is bytes:
        return value
    if depth > MAX_DEPTH:
        msg = "values lie in values too deep"
        raise RecordingError(msg)
    if kind is tuple or kind is list:
        return _clean_sequence(value, depth)
    if kind is dict:
        return {_clean(name, depth + 1): _clean(one, depth + 1) for name, one in value.items()}
    _clean_struct(value, depth)
    return value


def _clean_sequence(values: Any, depth: int) -> Any:
    for position, value in enumerate(values):
        cleaned = _clean(value, depth + 1)
        if cleaned is not value:
            rest = [_clean(other, depth + 1) for other in values[position + 1 :]]
            return type(values)([*values[:position], cleaned, *rest])
    return values


def _clean_struct(struct: Struct, depth: int) -> None:
    for name in _fields(type(struct)):
        value = getattr(struct, name)
        if value is None:
            continue
        cleaned = _clean(value, depth + 1)
        if cleaned is not value:
            force_setattr(struct, name, cleaned)
    if isinstance(struct, InternetAddress) and len(struct.host) not in _HOSTS:
        raise RecordingError(_NO_ADDRESS)


@cache
def _fields(kind: type[Struct]) -> tuple[str, ...]:
    """Names of the fields of a struct that may hold text: numbers are passed over."""
    return tuple(one.name for one in fields(kind) if one.type not in {int, bool, float, bytes})
