"""io_uring: the rings' state, and the files and buffers registered in it."""

import re
from collections.abc import Callable
from typing import Any

from sockscope.kernel.kinds.family import Family, Fields, Lines, integer
from sockscope.kernel.mountinfo import unescape
from sockscope.kernel.text import clean

_NUMBERS = {
    b"SqMask": ("sq_mask", 16),
    b"SqHead": ("sq_head", 10),
    b"SqTail": ("sq_tail", 10),
    b"CachedSqHead": ("sq_cached_head", 10),
    b"CqMask": ("cq_mask", 16),
    b"CqHead": ("cq_head", 10),
    b"CqTail": ("cq_tail", 10),
    b"CachedCqTail": ("cq_cached_tail", 10),
    b"SQEs": ("unsubmitted", 10),
    b"CQEs": ("unreaped", 10),
    b"SqThread": ("sq_thread", 10),
    b"SqThreadCpu": ("sq_thread_cpu", 10),
    b"SqTotalTime": ("sq_total_us", 10),
    b"SqWorkTime": ("sq_work_us", 10),
    b"UserFiles": ("file_slots", 10),
    b"UserBufs": ("buffer_slots", 10),
}
"""Fields by key: the set of lines changes between kernel releases (`io_uring/fdinfo.c`)."""

_LINKED_INODE = re.compile(rb"[a-z]+:\[(\d{1,19})\]")
_POLL = re.compile(rb" *op=(\d{1,3}),.*")


def _parse(lines: Lines) -> Fields:
    """Read the rings' numbers, the registered `files` (index, inode or path), `buffers` and polls.

    The kernel leaves the lists out while the ring is busy (it only tries the lock), and says
    `sq_thread` -1 where no kernel thread polls. Entries waiting in a queue: tail minus head.
    """
    fields: Fields = {}
    entries: dict[str, list[Any]] = {}
    section = b""
    for key, text in lines:
        if key[:1] != b" ":
            section = key
            _number(fields, key, text)
        elif section in _SECTIONS:
            name, entry_of = _SECTIONS[section]
            entry = entry_of(key, text)
            if entry is not None:
                entries.setdefault(name, []).append(entry)
    for side in ("sq", "cq"):
        if f"{side}_mask" in fields:
            fields[f"{side}_entries"] = fields.pop(f"{side}_mask") + 1
    return fields | {"files": [], "buffers": []} | entries


def _number(fields: Fields, key: bytes, text: bytes) -> None:
    if key in _NUMBERS:
        name, base = _NUMBERS[key]
        number = integer(text, base)
        if number is not None:
            fields[name] = number
    elif key == b"NAPI":
        fields["napi"] = clean(text)


def _file(key: bytes, text: bytes) -> dict[str, Any] | None:
    index = integer(key)
    if index is None or text in {b"", b"<none>"}:
        return None
    path = unescape(text)
    match = _LINKED_INODE.fullmatch(path)
    return {"index": index, "ino": int(match[1]) if match else 0, "path": clean(path)}


def _buffer(key: bytes, text: bytes) -> dict[str, Any] | None:
    index = integer(key)
    address, _, length = text.partition(b"/")
    size = integer(length)
    return None if index is None or size is None else {"index": index, "address": clean(address), "bytes": size}


def _poll(key: bytes, _text: bytes) -> dict[str, Any] | None:
    match = _POLL.fullmatch(key)
    return {"opcode": int(match[1])} if match else None


_SECTIONS: dict[bytes, tuple[str, Callable[[bytes, bytes], dict[str, Any] | None]]] = {
    b"UserFiles": ("files", _file),
    b"UserBufs": ("buffers", _buffer),
    b"PollList": ("polls", _poll),
}

FAMILIES = (Family("io_uring", anon=(b"[io_uring]",), parse=_parse),)
