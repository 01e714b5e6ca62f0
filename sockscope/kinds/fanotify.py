"""fanotify: watched files, mounts and file systems."""

import re

from sockscope.abi.devices import device_text
from sockscope.abi.open_flags import flag_names
from sockscope.abi.strings import Clean
from sockscope.abi.text import ours
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, named_bits
from sockscope.kinds.words import counted, entries, text, texts
from sockscope.model.descriptor import CleanFields, Fields

_PAIR = re.compile(rb"([a-z_-]+):([0-9a-f]{1,16})(?= |$)")
_INIT = (
    (0x1, "FAN_CLOEXEC"),
    (0x2, "FAN_NONBLOCK"),
    (0x4, "FAN_CLASS_CONTENT"),
    (0x8, "FAN_CLASS_PRE_CONTENT"),
    (0x10, "FAN_UNLIMITED_QUEUE"),
    (0x20, "FAN_UNLIMITED_MARKS"),
    (0x40, "FAN_ENABLE_AUDIT"),
    (0x80, "FAN_REPORT_PIDFD"),
    (0x100, "FAN_REPORT_TID"),
    (0x200, "FAN_REPORT_FID"),
    (0x400, "FAN_REPORT_DIR_FID"),
    (0x800, "FAN_REPORT_NAME"),
    (0x1000, "FAN_REPORT_TARGET_FID"),
    (0x2000, "FAN_REPORT_FD_ERROR"),
    (0x4000, "FAN_REPORT_MNT"),
)
_MARK = ((0x40, "FAN_MARK_IGNORED_SURV_MODIFY"), (0x200, "FAN_MARK_EVICTABLE"), (0x400, "FAN_MARK_IGNORE"))
_MASK = (
    (0x1, "FAN_ACCESS"),
    (0x2, "FAN_MODIFY"),
    (0x4, "FAN_ATTRIB"),
    (0x8, "FAN_CLOSE_WRITE"),
    (0x10, "FAN_CLOSE_NOWRITE"),
    (0x20, "FAN_OPEN"),
    (0x40, "FAN_MOVED_FROM"),
    (0x80, "FAN_MOVED_TO"),
    (0x100, "FAN_CREATE"),
    (0x200, "FAN_DELETE"),
    (0x400, "FAN_DELETE_SELF"),
    (0x800, "FAN_MOVE_SELF"),
    (0x1000, "FAN_OPEN_EXEC"),
    (0x4000, "FAN_Q_OVERFLOW"),
    (0x8000, "FAN_FS_ERROR"),
    (0x10000, "FAN_OPEN_PERM"),
    (0x20000, "FAN_ACCESS_PERM"),
    (0x40000, "FAN_OPEN_EXEC_PERM"),
    (0x100000, "FAN_PRE_ACCESS"),
    (0x1000000, "FAN_MNT_ATTACH"),
    (0x2000000, "FAN_MNT_DETACH"),
    (0x8000000, "FAN_EVENT_ON_CHILD"),
    (0x10000000, "FAN_RENAME"),
    (0x40000000, "FAN_ONDIR"),
)
_DECIDES = frozenset({"FAN_OPEN_PERM", "FAN_ACCESS_PERM", "FAN_OPEN_EXEC_PERM", "FAN_PRE_ACCESS"})
"""Events that wait for an answer."""


def _decode(lines: Lines) -> CleanFields:
    """Read the flags of `fanotify_init(2)` and the marks; `on` of a mark says what it is set on."""
    marks: list[CleanFields] = []
    fields: CleanFields = {"marks": marks}
    for key, value in lines:
        if not key.startswith(b"fanotify "):
            continue
        values = {name: int(number, 16) for name, number in _PAIR.findall(key[9:] + b":" + value)}
        if b"flags" in values:
            fields["init_flags"] = named_bits(values[b"flags"], _INIT)
            fields["event_flags"] = flag_names(values.get(b"event-flags", -1))
        elif b"mask" in values:
            marks.append(_mark(values))
    return fields


def _mark(values: dict[bytes, int]) -> CleanFields:
    mark: CleanFields = {"on": _object(values)}
    for name in ("ino", "mnt_id", "mnt_ns"):
        if name.encode() in values:
            mark[name] = values[name.encode()]
    if b"sdev" in values:
        mark["dev"] = device_text(values[b"sdev"])
    mark["mask"] = named_bits(values[b"mask"], _MASK)
    mark["ignored"] = named_bits(values.get(b"ignored_mask", 0), _MASK)
    mark["flags"] = named_bits(values.get(b"mflags", 0), _MARK)
    return mark


def _object(values: dict[bytes, int]) -> Clean:
    if b"ino" in values:
        return ours("inode")
    if b"mnt_id" in values:
        return ours("mount")
    return ours("mount namespace") if b"mnt_ns" in values else ours("filesystem")


def _phrase(_target: str, fields: Fields) -> str:
    marks = entries(fields, "marks")
    if marks is None:
        return ""
    marked = list(dict.fromkeys(text(mark, "on") for mark in marks if text(mark, "on")))
    return counted(len(marks), "mark") + (f" on {', '.join(marked)}" if marked else "")


def decides(fields: Fields) -> bool:
    """Whether a group is asked before files are opened or read, as far as its marks say."""
    return any(_DECIDES & {*texts(mark, "mask")} for mark in entries(fields, "marks") or [])


def _sentence(target: str, fields: Fields) -> str:
    role = "it decides whether files may be opened or read" if decides(fields) else "it tells which files are used"
    count = f" with {_phrase(target, fields)}" if "marks" in fields else ""
    return f"A fanotify group{count}: {role}"


KIND = Kind(
    "fanotify",
    anon=(b"[fanotify]",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    tells="flags, marks",
    since="3.8",
    colour="event",
)
