"""Namespaces, seccomp and Landlock in words."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.words import Words

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


def _namespace(target: str, _fields: Fields) -> str:
    short, _, number = target.partition(":")
    return " ".join(word for word in (_NAMES.get(short, short), "namespace", number.strip("[]")) if word)


def _namespace_sentence(target: str, fields: Fields) -> str:
    return f"The {_namespace(target, fields)}, which stays alive while this is open"


def _seccomp(_target: str, _fields: Fields) -> str:
    return "seccomp supervisor"


def _seccomp_sentence(_target: str, _fields: Fields) -> str:
    return "The supervisor's end of a seccomp filter: system calls of filtered processes wait for its answer"


def _landlock(_target: str, _fields: Fields) -> str:
    return "Landlock rule set"


def _landlock_sentence(_target: str, _fields: Fields) -> str:
    return "A set of Landlock rules, with which a process can restrict itself"


WORDS = (
    Words("namespace", _namespace, _namespace_sentence),
    Words("seccomp", _seccomp, _seccomp_sentence),
    Words("landlock", _landlock, _landlock_sentence),
)
