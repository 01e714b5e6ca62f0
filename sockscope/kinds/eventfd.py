"""eventfd: a counter."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, numbers
from sockscope.kinds.words import number
from sockscope.model.descriptor import CleanFields, Fields

_KEYS = {b"eventfd-count": ("count", 16), b"eventfd-id": ("id", 10), b"eventfd-semaphore": ("semaphore", 10)}


def _decode(lines: Lines) -> CleanFields:
    # `eventfd-id` (Linux 5.2) tells eventfds apart, which share one inode; `semaphore` came with 6.5.
    fields = numbers(lines, _KEYS)
    if "semaphore" in fields:
        fields["semaphore"] = bool(fields["semaphore"])
    return fields


def _phrase(_target: str, fields: Fields) -> str:
    count = number(fields, "count")
    if count is None:
        return ""
    return f"{'semaphore' if fields.get('semaphore') else 'count'} {count}"


def _sentence(_target: str, fields: Fields) -> str:
    count, identity = number(fields, "count"), number(fields, "id")
    taken = ", of which each read takes one" if fields.get("semaphore") else ""
    what = "An eventfd: a counter in the kernel" + (f", now {count}{taken}" if count is not None else "")
    return what + (f" (eventfd-id {identity})" if identity is not None else "")


KIND = Kind(
    "eventfd",
    anon=(b"[eventfd]",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="kcmp, and its id",
    tells="count, id (5.2), semaphore (6.5)",
    since="3.8",
    colour="event",
)
