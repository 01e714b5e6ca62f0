"""inotify: watched directories and files."""

import re

from sockscope.kernel.kinds.family import Family, Fields, Lines, named_bits

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


def _parse(lines: Lines) -> Fields:
    """Read the watches.

    `dev` is `major << 20 | minor`; `handle`, in hex, with `handle_type` is what `open_by_handle_at(2)` takes.
    """
    watches = []
    for key, text in lines:
        match = _WATCH.fullmatch(key + b":" + text) if key == b"inotify wd" else None
        if match:
            watches.append(
                {
                    "wd": int(match[1], 16),
                    "ino": int(match[2], 16),
                    "dev": int(match[3], 16),
                    "mask": named_bits(int(match[4], 16), _MASK),
                    "handle_type": int(match[5] or b"0", 16),
                    "handle": (match[6] or b"").decode(),
                }
            )
    return {"watches": watches}


FAMILIES = (Family("inotify", anon=(b"inotify", b"[inotify]"), parse=_parse),)
