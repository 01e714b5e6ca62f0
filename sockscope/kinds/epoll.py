"""epoll: what an instance watches, as it was registered."""

import re
from typing import NamedTuple

from sockscope.abi.devices import device_text
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines
from sockscope.kinds.words import counted, number
from sockscope.model.descriptor import CleanFields, Fields

_TARGET = re.compile(
    rb"(\d{1,10}) +events: +([0-9a-f]{1,8}) +data: +([0-9a-f]{1,16})"
    rb"(?: +pos:(-?\d{1,19}) +ino:([0-9a-f]{1,16}) +sdev:([0-9a-f]{1,8}))?.*",
    re.DOTALL,
)


class TargetLine(NamedTuple):
    """One `tfd:` line (`fs/eventpoll.c`, `ep_show_fdinfo`)."""

    fd: int
    """The number at the time of `epoll_ctl(EPOLL_CTL_ADD)`, in the process that added it."""
    events: int
    data: int
    """User data of the registration, unsigned 64 bits."""
    pos: int
    """Offset of the watched open file in bytes."""
    ino: int
    """Inode of the watched file, 0 before Linux 4.13."""
    dev: int
    """Its device as `major << 20 | minor`, 0 before Linux 4.13."""


def parse_targets(lines: Lines) -> list[TargetLine]:
    """Read the registrations in the order of the kernel's tree, in which `kcmp_epoll_slot.toff` counts."""
    return [
        TargetLine(
            int(match[1]),
            int(match[2], 16),
            int(match[3], 16),
            int(match[4] or 0),
            int(match[5] or b"0", 16),
            int(match[6] or b"0", 16),
        )
        for key, text in lines
        if key == b"tfd" and (match := _TARGET.fullmatch(text))
    ]


def _decode(lines: Lines) -> CleanFields:
    targets = [target._asdict() | {"dev": device_text(target.dev)} for target in parse_targets(lines)]
    return {"watches": len(targets), "targets": targets}


def _phrase(_target: str, fields: Fields) -> str:
    watches = number(fields, "watches")
    return "" if watches is None else f"watches {watches or 'nothing'}"


def _sentence(_target: str, fields: Fields) -> str:
    watches = number(fields, "watches")
    return "An epoll instance" + ("" if watches is None else f" that watches {counted(watches, 'file')}")


KIND = Kind(
    "epoll",
    anon=(b"[eventpoll]",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    tells="each registration: number, events, user data, what it is now",
    since="3.8; inode 4.13",
    colour="event",
)
