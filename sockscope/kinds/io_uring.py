"""io_uring: the rings' state, and the files and buffers registered in it."""

import re
from collections.abc import Callable

from sockscope.abi.octal_escapes import unescape
from sockscope.abi.strings import Raw
from sockscope.abi.text import clean
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, integer
from sockscope.kinds.words import after_colon, counted, entries, joined, listed, number
from sockscope.model.descriptor import CleanFields, Fields

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


def _decode(lines: Lines) -> CleanFields:
    """Read the rings' numbers, the registered `files` (index, inode or path), `buffers` and polls.

    The kernel leaves the lists out while the ring is busy (it only tries the lock), and says
    `sq_thread` -1 where no kernel thread polls. Entries waiting in a queue: tail minus head.
    """
    fields: CleanFields = {}
    entries: dict[str, list[CleanFields]] = {}
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
        mask = fields.pop(f"{side}_mask", None)
        if isinstance(mask, int):
            fields[f"{side}_entries"] = mask + 1
    return fields | {"files": [], "buffers": []} | entries


def _number(fields: CleanFields, key: bytes, text: Raw) -> None:
    if key in _NUMBERS:
        name, base = _NUMBERS[key]
        value = integer(text, base)
        if value is not None:
            fields[name] = value
    elif key == b"NAPI":
        fields["napi"] = clean(text)


def _file(key: bytes, text: Raw) -> CleanFields | None:
    index = integer(key)
    if index is None or text in {b"", b"<none>"}:
        return None
    path = unescape(text)
    match = _LINKED_INODE.fullmatch(path)
    return {"index": index, "ino": int(match[1]) if match else 0, "path": clean(path)}


def _buffer(key: bytes, text: Raw) -> CleanFields | None:
    index = integer(key)
    address, _, length = text.partition(b"/")
    size = integer(length)
    return None if index is None or size is None else {"index": index, "address": clean(address), "bytes": size}


def _poll(key: bytes, _text: Raw) -> CleanFields | None:
    match = _POLL.fullmatch(key)
    return {"opcode": int(match[1])} if match else None


_SECTIONS: dict[bytes, tuple[str, Callable[[bytes, Raw], CleanFields | None]]] = {
    b"UserFiles": ("files", _file),
    b"UserBufs": ("buffers", _buffer),
    b"PollList": ("polls", _poll),
}


def _rings(fields: Fields) -> str:
    submit, complete = number(fields, "sq_entries"), number(fields, "cq_entries")
    return "" if submit is None or complete is None else f"rings {submit}/{complete}"


def _contents(fields: Fields) -> list[str]:
    registered = (("files", "file"), ("buffers", "buffer"))
    found = [counted(len(values), noun) for name, noun in registered if (values := entries(fields, name))]
    polls = entries(fields, "polls")
    if polls:
        found.append(counted(len(polls), "poll"))
    for name in ("unsubmitted", "unreaped"):
        count = number(fields, name)
        if count:
            found.append(f"{count} {name}")
    return found


def _phrase(_target: str, fields: Fields) -> str:
    return joined(_rings(fields), *_contents(fields))


def _sentence(_target: str, fields: Fields) -> str:
    thread = number(fields, "sq_thread")
    polled = f", polled by kernel thread {thread}" if thread is not None and thread > 0 else ""
    rings = f" ({_rings(fields)})" if _rings(fields) else ""
    contents = after_colon(listed(_contents(fields)))
    return f"An io_uring{rings}, through which requests reach the kernel without system calls{polled}{contents}"


KIND = Kind(
    "io_uring",
    anon=(b"[io_uring]",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="inode; on older kernels kcmp",
    tells="queue heads and tails, registered files and buffers",
    since="5.1",
    colour="event",
)
