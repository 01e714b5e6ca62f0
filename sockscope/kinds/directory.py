"""Directory."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import joined, named_only, path_of
from sockscope.model.descriptor import Fields


def _sentence(target: str, fields: Fields) -> str:
    path = target if fields.get("deleted") is False else path_of(target)
    removed = ", which has been removed" if target != path else ""
    placeless = "on a mount that has no place where its holder lives" if fields.get("mounted_on") == "" else ""
    return joined(f"The directory {path}{removed}", placeless, named_only(fields))


KIND = Kind(
    "directory",
    sentence=_sentence,
    one_object="(device, inode)",
    tells="position, locks, whether the name is gone",
    since="as `file`",
    mounted=True,
    own_inode=True,
    reopened=True,
    has_offset=True,
    settled=True,
    connects=False,
    everyday=True,
    colour="file",
    shortest="dir",
)
