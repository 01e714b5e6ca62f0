"""Block device."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.quantities import size
from sockscope.kinds.words import joined, named_only, number
from sockscope.model.descriptor import Fields


def _sentence(target: str, fields: Fields) -> str:
    count = number(fields, "bytes")
    return joined(f"The block device {target}", size(count) if count else "", named_only(fields))


KIND = Kind(
    "block-device",
    sentence=_sentence,
    one_object="its number, major:minor",
    tells="name, number",
    since="as `file`",
    mounted=True,
    own_inode=True,
    reopened=True,
    has_offset=True,
    connects=False,
    everyday=True,
    short="block-dev",
    shortest="blockdev",
)
