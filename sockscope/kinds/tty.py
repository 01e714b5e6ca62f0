"""Terminal: what programs read what is typed from; the slave of a pseudoterminal, a console, a serial line."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import joined, named_only, path_of
from sockscope.model.descriptor import Fields


def is_hung_up(kind: str, target: str) -> bool:
    """Tell whether a descriptor is of a pseudoterminal whose master is closed (its node is gone, fs/devpts/inode.c)."""
    return kind == "tty" and target != path_of(target)


def _phrase(target: str, _fields: Fields) -> str:
    return target.removeprefix("/dev/")


def _sentence(target: str, fields: Fields) -> str:
    gone = ", which has been hung up" if is_hung_up("tty", target) else ""
    return joined(f"The terminal {_phrase(path_of(target), fields)}{gone}", named_only(fields))


KIND = Kind(
    "tty",
    paths=(rb"/dev/(?:pts/\d+|tty(?:[A-Z]*\d+)?|hvc\d+|console)(?: \(deleted\))?",),
    phrase=_phrase,
    sentence=_sentence,
    one_object="(devpts instance, index), or its number; `/dev/tty` and `/dev/console` stand for another: kcmp",
    tells="index, the other side",
    since="a kernel that writes `tty-index`",
    mounted=True,
    own_inode=True,
    reopened=True,
    pty=True,
    everyday=True,
    colour="tty",
)
