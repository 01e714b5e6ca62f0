"""eventfd: a counter."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, numbers

_KEYS = {b"eventfd-count": ("count", 16), b"eventfd-id": ("id", 10), b"eventfd-semaphore": ("semaphore", 10)}


def _parse(lines: Lines) -> Fields:
    # `eventfd-id` (Linux 5.2) tells eventfds apart, which share one inode; `semaphore` came with 6.5.
    fields = numbers(lines, _KEYS)
    if "semaphore" in fields:
        fields["semaphore"] = bool(fields["semaphore"])
    return fields


FAMILIES = (Family("eventfd", anon=(b"[eventfd]",), parse=_parse),)
