"""Program of a process: the file that execve(2) has loaded."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import path_of
from sockscope.model.descriptor import Fields


def _sentence(target: str, _fields: Fields) -> str:
    gone = ", which has been replaced or removed" if target != path_of(target) else ""
    return f"The program {path_of(target)}{gone}"


KIND = Kind(
    "exe",
    sentence=_sentence,
    one_object="(device, inode)",
    tells="its path; listed on request",
    since="2.2",
    own_inode=True,
    reopened=True,
    connects=False,
    everyday=True,
    colour="file",
)
