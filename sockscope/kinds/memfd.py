"""Memory with a descriptor: memfd_create(2) and, hidden even from the kernel, memfd_secret(2)."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.words import path_of
from sockscope.model.descriptor import Fields

_HIDDEN = "/secretmem"
_UNNAMED = "unnamed"


def _phrase(target: str, _fields: Fields) -> str:
    path = path_of(target)
    return "secret memory" if path == _HIDDEN else path.removeprefix("/memfd:") or _UNNAMED


def _sentence(target: str, fields: Fields) -> str:
    if path_of(target) == _HIDDEN:
        return "Secret memory of memfd_secret(2), hidden even from the kernel's own mappings"
    name = _phrase(target, fields)
    return "An anonymous file in memory" + (f" that its creator called {name}" if name != _UNNAMED else "")


KIND = Kind(
    "memfd",
    paths=(rb"/memfd:.* \(deleted\)", rb"/secretmem \(deleted\)"),
    phrase=_phrase,
    sentence=_sentence,
    one_object="(device, inode)",
    tells="its name (chosen by its maker), or that it is secret memory",
    since="3.17; secret 5.14",
    own_inode=True,
    reopened=True,
    has_offset=True,
    colour="file",
)
