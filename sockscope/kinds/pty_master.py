"""Master of a pseudoterminal: what a terminal window or sshd holds."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, numbers
from sockscope.kinds.words import number
from sockscope.model.descriptor import CleanFields, Fields


def _decode(lines: Lines) -> CleanFields:
    # Linux 4.18. The index is that of one devpts instance, of which there may be several.
    return numbers(lines, {b"tty-index": ("index", 10)})


def _phrase(target: str, fields: Fields) -> str:
    index = number(fields, "index")
    return target if index is None else f"master of pts/{index}"


def _sentence(target: str, fields: Fields) -> str:
    index = number(fields, "index")
    whose = f"pts/{index}" if index is not None else f"a pseudoterminal ({target})"
    return f"The master of {whose}: what is written here is typed there"


KIND = Kind(
    "pty-master",
    paths=(rb"/dev/(?:pts/)?ptmx",),
    keys=(b"tty-index",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="(devpts instance, index)",
    tells="index, the other side",
    since="a kernel that writes `tty-index`",
    mounted=True,
    pty=True,
    colour="tty",
    shortest="ptmx",
)
