"""Sockets between a virtual machine and its host (`linux/vm_sockets_diag.h`, net/vmw_vsock/diag.c)."""

import struct
from typing import NamedTuple

from sockscope.kernel.diag.transport import Datagram, DiagSocket

AF_VSOCK = 40
ANY = 0xFFFFFFFF
"""A cid or port that stands for every one (`VMADDR_CID_ANY`)."""

_REQUEST = struct.Struct("=BBHIIIII")
_MESSAGE = struct.Struct("=BBBBIIIIIII")


class VsockSocket(NamedTuple):
    """One vsock as the kernel describes it."""

    ino: int
    cookie: int
    type: int
    state: int
    """A TCP state number."""
    shutdown: int
    local_cid: int
    local_port: int
    remote_cid: int
    remote_port: int


def dump(diag: DiagSocket) -> list[VsockSocket]:
    """List the vsocks of the namespace.

    Raises:
        OSError: ENOENT where the kernel has no vsock_diag, EPERM where it is denied.
    """
    body = _REQUEST.pack(AF_VSOCK, 0, 0, ANY, 0, 0, ANY, ANY)
    return diag.rows(body, parse)


def parse(datagram: Datagram) -> list[VsockSocket]:
    """Unpack every message of a datagram; one too short to be a vsock is passed over."""
    data = datagram.data
    return [_parse_one(data, start) for start, end in datagram.bodies if end - start >= _MESSAGE.size]


def _parse_one(data: bytes, start: int) -> VsockSocket:
    _, kind, state, shutdown, cid, port, far_cid, far_port, ino, low, high = _MESSAGE.unpack_from(data, start)
    return VsockSocket(ino, high << 32 | low, kind, state, shutdown, cid, port, far_cid, far_port)
