"""Root directory of a process: where a path with a leading slash begins (chroot(2))."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields


def _sentence(target: str, _fields: Fields) -> str:
    return f"The root directory {target}"


KIND = Kind(
    "root",
    sentence=_sentence,
    one_object="(device, inode)",
    tells="its path; listed on request",
    since="2.0",
    own_inode=True,
    reopened=True,
    connects=False,
    everyday=True,
    colour="file",
)
