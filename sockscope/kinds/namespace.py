"""Namespace of any type, kept alive by its descriptor (`namespaces(7)`)."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields

_NAMES = {
    "cgroup": "cgroup",
    "ipc": "IPC",
    "mnt": "mount",
    "net": "network",
    "pid": "pid",
    "time": "time",
    "user": "user",
    "uts": "UTS",
}
"""Types of namespaces, by what stands in the link."""


def _phrase(target: str, fields: Fields) -> str:
    if "type" in fields:
        # Opened by a name, which may be gone by now: what is mounted there, or was.
        where = "" if target == "/" else f"at {target}"
        kind = _NAMES.get(str(fields["type"]), str(fields["type"]))
        return " ".join(word for word in (kind, "namespace", str(fields.get("namespace", "")), where) if word)
    short, _, number = target.partition(":")
    return " ".join(word for word in (_NAMES.get(short, short), "namespace", number.strip("[]")) if word)


def _sentence(target: str, fields: Fields) -> str:
    return f"The {_phrase(target, fields)}, which stays alive while this is open"


KIND = Kind(
    "namespace",
    prefixes=tuple(name.encode() for name in _NAMES),
    phrase=_phrase,
    sentence=_sentence,
    one_object="inode",
    tells="which kind, and the name of a network namespace",
    own_inode=True,
    reopened=True,
    everyday=True,
    shortest="ns",
)
