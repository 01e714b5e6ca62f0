"""Sockets with addresses as `/proc/PID/net/{tcp,udp,raw,…}` lists them: no cookie, but readable for everyone.

The files are described in `proc_pid_net(5)`; addresses are 32-bit words in the order of this machine.
"""

import struct

from sockscope.abi.socket_states import LISTEN
from sockscope.abi.strings import Raw
from sockscope.kernel.diag.inet import InetSocket

_AF_INET, _AF_INET6 = 2, 10
_V4_DIGITS, _V6_DIGITS = 8, 32
_LOCAL, _REMOTE, _STATE, _QUEUES, _UID, _INODE = 1, 2, 3, 4, 7, 9


def parse_inet(data: Raw) -> list[InetSocket]:
    """Parse one of the files; lines that do not look like it are passed over. Every cookie is 0.

    A listener's backlog is not in the files: its send queue is -1.
    """
    rows = (_parse_line(line.split()) for line in data.splitlines()[1:])
    return [row for row in rows if row is not None]


def _parse_line(fields: list[Raw]) -> InetSocket | None:
    if len(fields) <= _INODE:
        return None
    try:
        family, local, local_port = _address(fields[_LOCAL])
        _, remote, remote_port = _address(fields[_REMOTE])
        state = int(fields[_STATE], 16)
        send, _, receive = fields[_QUEUES].partition(b":")
        queues = (int(receive, 16), -1 if state == LISTEN else int(send, 16))
        uid, ino = int(fields[_UID]), int(fields[_INODE])
    except (ValueError, struct.error):
        return None
    return InetSocket(family, state, local, local_port, remote, remote_port, 0, 0, *queues, uid, ino, 0, 0)


def _address(text: bytes) -> tuple[int, bytes, int]:
    host, _, port = text.partition(b":")
    if len(host) not in {_V4_DIGITS, _V6_DIGITS}:
        raise ValueError
    family = _AF_INET if len(host) == _V4_DIGITS else _AF_INET6
    words = [int(host[at : at + 8], 16) for at in range(0, len(host), 8)]
    return family, struct.pack(f"={len(words)}I", *words), int(port, 16)
