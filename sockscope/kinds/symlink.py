"""Symbolic link: the link itself, opened with O_PATH | O_NOFOLLOW."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import path_of
from sockscope.model.descriptor import Fields


def _sentence(target: str, _fields: Fields) -> str:
    return f"A symbolic link itself, by name only (O_PATH): {path_of(target)}"


KIND = Kind(
    "symlink",
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
)
