"""Names of bpf maps and programs, which fdinfo leaves out: asked of the kernel by id, as bpftool does (`bpf(2)`).

A map is opened for reading only and closed at once; nothing is loaded, attached or changed. Needs CAP_SYS_ADMIN.
"""

import ctypes
import os
from typing import NamedTuple

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean
from sockscope.kernel import syscalls

PROG_GET_FD_BY_ID, MAP_GET_FD_BY_ID, OBJ_GET_INFO_BY_FD = 13, 14, 15
"""Commands of `enum bpf_cmd` (`linux/bpf.h`); the only ones that are ever given."""
_READ_ONLY = 1 << 3
"""`BPF_F_RDONLY`: the descriptor of a map takes no writing."""
_NAME = 16
"""Bytes of a name, `BPF_OBJ_NAME_LEN`."""


class _ById(ctypes.Structure):
    """What `…_GET_FD_BY_ID` takes of `union bpf_attr`."""

    _fields_ = (("id", ctypes.c_uint32), ("next_id", ctypes.c_uint32), ("open_flags", ctypes.c_uint32))


class _ByDescriptor(ctypes.Structure):
    """What `BPF_OBJ_GET_INFO_BY_FD` takes of it."""

    _fields_ = (("fd", ctypes.c_uint32), ("length", ctypes.c_uint32), ("info", ctypes.c_uint64))


class BpfObject(NamedTuple):
    """How one kind of bpf object is asked about."""

    get: int
    """Command that opens one by its id."""
    flags: int
    name: int
    """Offset of the name in what the kernel tells."""


MAP = BpfObject(MAP_GET_FD_BY_ID, _READ_ONLY, 24)
"""`struct bpf_map_info`."""
PROGRAM = BpfObject(PROG_GET_FD_BY_ID, 0, 64)
"""`struct bpf_prog_info`."""


def read_name(kind: BpfObject, identity: int) -> Clean:
    """Return the cleaned name of the map or program with this id, "" where it has none (before Linux 4.15: always).

    Raises:
        OSError: there is none (ENOENT), or it may not be asked for (EPERM).
    """
    asked = _ById(identity, 0, kind.flags)
    fd = syscalls.call("bpf", kind.get, ctypes.byref(asked), ctypes.sizeof(asked))
    try:
        told = ctypes.create_string_buffer(kind.name + _NAME)
        wanted = _ByDescriptor(fd, len(told), ctypes.addressof(told))
        syscalls.call("bpf", OBJ_GET_INFO_BY_FD, ctypes.byref(wanted), ctypes.sizeof(wanted))
    finally:
        os.close(fd)
    return clean(told.raw[kind.name :].partition(b"\0")[0])
