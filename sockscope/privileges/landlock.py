"""Files that a role never touches, refused for good by Landlock (`landlock(7)`, Linux 5.13).

Not for the collector: whoever is confined by Landlock may look at no process outside, whatever its capabilities
(`security/landlock/task.c`).
"""

import ctypes
import os
from collections.abc import Iterable

from sockscope.privileges.kernel_calls import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""Numbers of the three calls, the same on every architecture."""
_GET_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_CHANGE_DIRECTORIES = sum(1 << bit for bit in range(4, 13))
"""Remove and make, for each type of file."""
_SINCE = {2: 1 << 13, 3: 1 << 14}
"""By ABI version: moving between directories, truncating."""
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
"""What can be granted on a file that is no directory."""
_SCOPES_SINCE = 6
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr`."""

    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    """`struct landlock_path_beneath_attr`."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return the ABI version, 0 where there is no Landlock."""
    try:
        return syscall(_CREATE_RULESET, 0, 0, _GET_VERSION)
    except OSError:
        return 0


def forbid_changes(readable: Iterable[str] | None = None, writable: Iterable[str] = ()) -> bool:
    """Forbid this thread, and all that it starts, to execute, write, make or remove files, for good.

    To be called under no_new_privs, while there is one thread. Descriptors that are open already stay as they are.

    Args:
        readable: directories and files below which may be read, None for everything that the user may.
        writable: files that may be opened for writing.

    Returns:
        Whether it is in force: not on a kernel without Landlock.

    Raises:
        OSError: the kernel has it, and refuses.
    """
    known = version()
    if not known:
        return False
    changes = _EXECUTE | _WRITE_FILE | _CHANGE_DIRECTORIES | sum(bit for since, bit in _SINCE.items() if known >= since)
    reads = 0 if readable is None else _READ_FILE | _READ_DIR
    scoped = _ABSTRACT_SOCKETS if known >= _SCOPES_SINCE else 0
    ruleset = _Ruleset(changes | reads, 0, scoped)
    size = ctypes.sizeof(_Ruleset) if known >= _SCOPES_SINCE else _Ruleset.net.offset
    rules = syscall(_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        for path in readable or ():
            _allow(rules, path, reads)
        for path in writable:
            _allow(rules, path, _WRITE_FILE | reads)
        syscall(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return True


def _allow(rules: int, path: str, rights: int) -> None:
    """Grant rights below a path; one that is not there is nothing to grant."""
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        granted = rights if os.path.isdir(path) else rights & _FILE_RIGHTS
        syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(_Beneath(granted, parent)), 0)
    finally:
        os.close(parent)
