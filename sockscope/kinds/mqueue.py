"""POSIX message queue."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import path_of
from sockscope.model.descriptor import Fields


def _phrase(target: str, _fields: Fields) -> str:
    return path_of(target)


def _sentence(target: str, _fields: Fields) -> str:
    gone = ", unlinked" if target != path_of(target) else ""
    return f"The POSIX message queue {path_of(target)}{gone}"


KIND = Kind(
    "mqueue",
    phrase=_phrase,
    sentence=_sentence,
    one_object="(device, inode)",
    tells=(
        "its name. By the type of its mount; for `mq_open(3)`, whose mount is the kernel's own, by its path and flags, "
        "which in a 64-bit process nothing else has together"
    ),
    since="as `file`",
    mounted=True,
    own_inode=True,
    reopened=True,
    colour="file",
)
