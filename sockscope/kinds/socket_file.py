"""The file that a unix socket is bound to, opened with O_PATH: a name, not the socket."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import path_of
from sockscope.model.descriptor import Fields


def _sentence(target: str, _fields: Fields) -> str:
    return f"The file of a unix socket, not the socket, by name only (O_PATH): {path_of(target)}"


KIND = Kind(
    "socket-file",
    sentence=_sentence,
    one_object="(device, inode)",
    tells="name",
    since="2.6.39",
    mounted=True,
    own_inode=True,
    reopened=True,
    connects=False,
    everyday=True,
    colour="file",
    short="sock-file",
    shortest="sockfile",
)
