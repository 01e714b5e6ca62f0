"""File that is mapped into the memory of a process, without a descriptor: shared memory, semaphores, libraries."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.quantities import size
from sockscope.kinds.words import number, path_of, text
from sockscope.model.descriptor import Fields

_SHARED_MEMORY = "/dev/shm/"  # noqa: S108 - where glibc keeps them; nothing is made there
_SEMAPHORE = f"{_SHARED_MEMORY}sem."
_SEGMENT, _NAMELESS, _MEMFD = "/SYSV", "/dev/zero", "/memfd:"


def _phrase(target: str, fields: Fields) -> str:
    how = {True: "shared", False: "private"}.get(fields.get("shared", ""), "")
    return " ".join(part for part in (target, how, text(fields, "permissions")) if part)


def _what(target: str) -> str:
    """Say what a mapped file is by the name that its makers give it: a hint, and no proof."""
    path = path_of(target)
    if path.startswith(_SEMAPHORE):
        return f"The POSIX semaphore /{path.removeprefix(_SEMAPHORE)} ({path})"
    if path.startswith(_SHARED_MEMORY):
        return f"The POSIX shared memory {path.removeprefix(_SHARED_MEMORY.rstrip('/'))} ({path})"
    if target == f"{_NAMELESS} (deleted)":
        return "Shared memory without a name"
    if path.startswith(_SEGMENT) and target != path:
        return f"A System V shared memory segment, key 0x{path.removeprefix(_SEGMENT)}"
    if path.startswith(_MEMFD):
        return f"An anonymous file in memory, {path.removeprefix(_MEMFD)}"
    return f"The file {path}" + ("" if target == path else ", which has no name any more")


def _sentence(target: str, fields: Fields) -> str:
    how = ("shared with whoever maps it too" if fields.get("shared") else "a copy of its own") if fields else ""
    count = number(fields, "bytes")
    facts = [f"mapped{f', {how}' if how else ''}", size(count) if count is not None else ""]
    return ", ".join(part for part in (_what(target), *facts) if part)


KIND = Kind(
    "mem",
    sentence=_sentence,
    phrase=_phrase,
    one_object="(device, inode)",
    tells="its path, whether shared or private, permissions, mapped bytes and addresses; listed on request",
    since="2.0",
    own_inode=True,
    reopened=True,
    colour="file",
)
