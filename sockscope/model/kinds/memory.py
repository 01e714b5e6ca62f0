"""memfd and dmabuf in words."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.quantities import size
from sockscope.model.kinds.words import Words, number, path_of, text

_HIDDEN = "/secretmem"
_UNNAMED = "unnamed"


def _memfd(target: str, _fields: Fields) -> str:
    path = path_of(target)
    return "secret memory" if path == _HIDDEN else path.removeprefix("/memfd:") or _UNNAMED


def _memfd_sentence(target: str, fields: Fields) -> str:
    if path_of(target) == _HIDDEN:
        return "Secret memory of memfd_secret(2), hidden even from the kernel's own mappings"
    name = _memfd(target, fields)
    return "An anonymous file in memory" + (f" that its creator called {name}" if name != _UNNAMED else "")


def _dmabuf(target: str, fields: Fields) -> str:
    name = text(fields, "name") or target.removeprefix("/dmabuf:") or _UNNAMED
    count, exporter = number(fields, "bytes"), text(fields, "exporter")
    return name + (f", {size(count)}" if count is not None else "") + (f" from {exporter}" if exporter else "")


def _dmabuf_sentence(target: str, fields: Fields) -> str:
    return f"A buffer that devices share: {_dmabuf(target, fields)}"


WORDS = (Words("memfd", _memfd, _memfd_sentence), Words("dmabuf", _dmabuf, _dmabuf_sentence))
