"""inotify: watched directories and files."""

import re

from sockscope.abi.devices import device_text
from sockscope.abi.text import clean
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, named_bits
from sockscope.kinds.words import counted, entries, text
from sockscope.model.descriptor import CleanFields, Fields

_WATCH = re.compile(
    rb"inotify wd:([0-9a-f]{1,8}) ino:([0-9a-f]{1,16}) sdev:([0-9a-f]{1,8}) mask:([0-9a-f]{1,8})"
    rb"(?:.*? fhandle-type:([0-9a-f]{1,8}) f_handle:([0-9a-f]+))?.*",
    re.DOTALL,
)
_MASK = (
    (0x1, "IN_ACCESS"),
    (0x2, "IN_MODIFY"),
    (0x4, "IN_ATTRIB"),
    (0x8, "IN_CLOSE_WRITE"),
    (0x10, "IN_CLOSE_NOWRITE"),
    (0x20, "IN_OPEN"),
    (0x40, "IN_MOVED_FROM"),
    (0x80, "IN_MOVED_TO"),
    (0x100, "IN_CREATE"),
    (0x200, "IN_DELETE"),
    (0x400, "IN_DELETE_SELF"),
    (0x800, "IN_MOVE_SELF"),
    (0x2000, "IN_UNMOUNT"),
    (0x4000, "IN_Q_OVERFLOW"),
    (0x8000, "IN_IGNORED"),
    (0x1000000, "IN_ONLYDIR"),
    (0x2000000, "IN_DONT_FOLLOW"),
    (0x4000000, "IN_EXCL_UNLINK"),
    (0x10000000, "IN_MASK_CREATE"),
    (0x20000000, "IN_MASK_ADD"),
    (0x40000000, "IN_ISDIR"),
    (0x80000000, "IN_ONESHOT"),
)


def _decode(lines: Lines) -> CleanFields:
    """Read the watches.

    `dev` as `8:1`; `handle`, in hex, with `handle_type` is what `open_by_handle_at(2)` takes.
    """
    watches: list[CleanFields] = []
    for key, value in lines:
        match = _WATCH.fullmatch(key + b":" + value) if key == b"inotify wd" else None
        if match:
            watches.append(
                {
                    "wd": int(match[1], 16),
                    "ino": int(match[2], 16),
                    "dev": device_text(int(match[3], 16)),
                    "mask": named_bits(int(match[4], 16), _MASK),
                    "handle_type": int(match[5] or b"0", 16),
                    "handle": clean(match[6] or b""),
                }
            )
    return {"watches": watches}


def _phrase(_target: str, fields: Fields) -> str:
    watches = entries(fields, "watches")
    if watches is None:
        return ""
    count = counted(len(watches), "watch", "watches")
    path = next((found for watch in watches if (found := text(watch, "path"))), "")
    return f"{count}: {path}{' …' if len(watches) > 1 else ''}" if path else count


def _sentence(_target: str, fields: Fields) -> str:
    watches = entries(fields, "watches")
    count = f" with {counted(len(watches), 'watch', 'watches')}" if watches is not None else ""
    return f"An inotify instance{count}: it tells of changes to files and directories"


KIND = Kind(
    "inotify",
    anon=(b"inotify", b"[inotify]"),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    tells="each watch: events, inode, and its path where the kernel has it at hand",
    since="3.8",
    colour="event",
)
