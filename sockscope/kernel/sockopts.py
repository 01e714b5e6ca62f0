"""Options of somebody else's socket, read through a duplicate that lives for microseconds (`pidfd_getfd(2)`).

SO_ERROR is not among them: reading it clears it.
"""

import os
import socket
import stat
import struct
from collections.abc import Callable
from typing import NamedTuple

from sockscope.abi.strings import Raw
from sockscope.abi.text import clean, clean_str
from sockscope.kernel.duplicates import duplicate
from sockscope.kernel.sock_names import SocketNames, read_names
from sockscope.model.descriptor import CleanFields, Fact

_INT = struct.Struct("=i")
_LINGER = struct.Struct("=ii")
_CREDENTIALS = struct.Struct("=iII")
_TIME = struct.Struct("=qq")
_COOKIE = struct.Struct("=Q")
_MICROSECONDS = 1_000_000


class NotThisSocketError(Exception):
    """The number leads to another file by now."""


class Option(NamedTuple):
    """One option: how it is asked for and what its bytes mean."""

    name: str
    level: int
    number: int
    decode: Callable[[Raw], Fact]
    size: int = _INT.size
    families: frozenset[int] = frozenset()
    """Families it exists for, empty for all."""
    kinds: frozenset[int] = frozenset()
    """Socket types it exists for, empty for all."""


def _number(raw: Raw) -> int | None:
    return _INT.unpack(raw)[0] if len(raw) == _INT.size else None


def _flag(raw: Raw) -> bool | None:
    return bool(_INT.unpack(raw)[0]) if len(raw) == _INT.size else None


def _linger(raw: Raw) -> Fact:
    on, seconds = _LINGER.unpack(raw) if len(raw) == _LINGER.size else (0, 0)
    return {"seconds": seconds} if on else False


def _credentials(raw: Raw) -> Fact:
    """Unpack a `struct ucred`: who was at the other end when it connected or listened; None for nobody."""
    pid, uid, gid = _CREDENTIALS.unpack(raw) if len(raw) == _CREDENTIALS.size else (0, 0, 0)
    return {"pid": pid, "uid": uid, "gid": gid} if pid > 0 else None


def _seconds(raw: Raw) -> Fact:
    """Unpack a `struct timeval` into milliseconds; 0 waits for ever."""
    seconds, rest = _TIME.unpack(raw) if len(raw) == _TIME.size else (0, 0)
    return int(seconds * 1000 + rest * 1000 // _MICROSECONDS)


def _cookie(raw: Raw) -> Fact:
    return _COOKIE.unpack(raw)[0] if len(raw) == _COOKIE.size else None


def _text(raw: Raw) -> Fact:
    # A user may call the interface of his own network namespace anything.
    return clean(raw.partition(b"\0")[0]) or None


def _named(prefix: str) -> Callable[[Raw], Fact]:
    """Make a decoder into the name of one of Python's socket constants, such as `AF_INET`."""
    names = {int(value): name for name, value in reversed(vars(socket).items()) if name.startswith(prefix)}

    def decode(raw: Raw) -> Fact:
        number = _number(raw)
        return None if number is None else clean_str(names.get(number) or str(number))

    return decode


_INET = frozenset({int(socket.AF_INET), int(socket.AF_INET6)})
_INET6 = frozenset({int(socket.AF_INET6)})
_UNIX = frozenset({int(socket.AF_UNIX)})
_CREDENTIAL_FAMILIES = _UNIX | {int(socket.AF_NETLINK)}
_STREAM = frozenset({int(socket.SOCK_STREAM)})
_SOL, _TCP, _IP, _IPV6 = socket.SOL_SOCKET, socket.IPPROTO_TCP, socket.IPPROTO_IP, socket.IPPROTO_IPV6

OPTIONS = (
    Option("SO_DOMAIN", _SOL, socket.SO_DOMAIN, _named("AF_")),
    Option("SO_TYPE", _SOL, socket.SO_TYPE, _named("SOCK_")),
    Option("SO_PROTOCOL", _SOL, socket.SO_PROTOCOL, _number),
    Option("SO_ACCEPTCONN", _SOL, socket.SO_ACCEPTCONN, _flag),
    Option("SO_COOKIE", _SOL, 57, _cookie, _COOKIE.size),
    Option("SO_NETNS_COOKIE", _SOL, 71, _cookie, _COOKIE.size),
    Option("SO_REUSEADDR", _SOL, socket.SO_REUSEADDR, _flag),
    Option("SO_REUSEPORT", _SOL, socket.SO_REUSEPORT, _flag),
    Option("SO_KEEPALIVE", _SOL, socket.SO_KEEPALIVE, _flag),
    Option("SO_BROADCAST", _SOL, socket.SO_BROADCAST, _flag),
    Option("SO_OOBINLINE", _SOL, socket.SO_OOBINLINE, _flag),
    Option("SO_DONTROUTE", _SOL, socket.SO_DONTROUTE, _flag),
    Option("SO_LINGER", _SOL, socket.SO_LINGER, _linger, _LINGER.size),
    Option("SO_SNDBUF", _SOL, socket.SO_SNDBUF, _number),
    Option("SO_RCVBUF", _SOL, socket.SO_RCVBUF, _number),
    Option("SO_RCVLOWAT", _SOL, socket.SO_RCVLOWAT, _number),
    Option("SO_SNDTIMEO_ms", _SOL, socket.SO_SNDTIMEO, _seconds, _TIME.size),
    Option("SO_RCVTIMEO_ms", _SOL, socket.SO_RCVTIMEO, _seconds, _TIME.size),
    Option("SO_PRIORITY", _SOL, socket.SO_PRIORITY, _number),
    Option("SO_MARK", _SOL, socket.SO_MARK, _number),
    Option("SO_INCOMING_CPU", _SOL, socket.SO_INCOMING_CPU, _number, families=_INET),
    Option("SO_BINDTODEVICE", _SOL, socket.SO_BINDTODEVICE, _text, 16, families=_INET),
    Option("SO_TIMESTAMP", _SOL, 29, _flag),
    Option("SO_BUSY_POLL", _SOL, 46, _number, families=_INET),
    Option("SO_ZEROCOPY", _SOL, 60, _flag, families=_INET),
    Option("SO_PASSCRED", _SOL, socket.SO_PASSCRED, _flag, families=_CREDENTIAL_FAMILIES),
    Option("SO_PASSSEC", _SOL, socket.SO_PASSSEC, _flag, families=_UNIX),
    Option("SO_PEERCRED", _SOL, socket.SO_PEERCRED, _credentials, _CREDENTIALS.size, families=_UNIX),
    Option("IP_TTL", _IP, socket.IP_TTL, _number, families=_INET),
    Option("IP_TOS", _IP, socket.IP_TOS, _number, families=_INET),
    Option("IP_TRANSPARENT", _IP, socket.IP_TRANSPARENT, _flag, families=_INET),
    Option("IP_FREEBIND", _IP, 15, _flag, families=_INET),
    Option("IPV6_V6ONLY", _IPV6, socket.IPV6_V6ONLY, _flag, families=_INET6),
    Option("IPV6_TCLASS", _IPV6, socket.IPV6_TCLASS, _number, families=_INET6),
    Option("TCP_NODELAY", _TCP, socket.TCP_NODELAY, _flag, families=_INET, kinds=_STREAM),
    Option("TCP_CORK", _TCP, socket.TCP_CORK, _flag, families=_INET, kinds=_STREAM),
    Option("TCP_MAXSEG", _TCP, socket.TCP_MAXSEG, _number, families=_INET, kinds=_STREAM),
    Option("TCP_KEEPIDLE_s", _TCP, socket.TCP_KEEPIDLE, _number, families=_INET, kinds=_STREAM),
    Option("TCP_KEEPINTVL_s", _TCP, socket.TCP_KEEPINTVL, _number, families=_INET, kinds=_STREAM),
    Option("TCP_KEEPCNT", _TCP, socket.TCP_KEEPCNT, _number, families=_INET, kinds=_STREAM),
    Option("TCP_USER_TIMEOUT_ms", _TCP, socket.TCP_USER_TIMEOUT, _number, families=_INET, kinds=_STREAM),
    Option("TCP_DEFER_ACCEPT_s", _TCP, socket.TCP_DEFER_ACCEPT, _number, families=_INET, kinds=_STREAM),
    Option("TCP_QUICKACK", _TCP, socket.TCP_QUICKACK, _flag, families=_INET, kinds=_STREAM),
    Option("TCP_FASTOPEN", _TCP, socket.TCP_FASTOPEN, _number, families=_INET, kinds=_STREAM),
    Option("TCP_CONGESTION", _TCP, socket.TCP_CONGESTION, _text, 16, families=_INET, kinds=_STREAM),
)
"""What is asked, in the order it is shown. Units in the name where it is not a count, a flag or bytes."""


def read_options(pidfd: int, fd: int, ino: int) -> tuple[CleanFields, SocketNames]:
    """Read the options of the socket behind a descriptor of another process; those it does not have are left out.

    With them what the socket says of itself.

    The duplicate is closed before anything else happens: while it lives, the other end would not see a close.

    Raises:
        OSError: as `duplicate`.
        NotThisSocketError: the descriptor does not lead to the socket with this inode.
    """
    copy = duplicate(pidfd, fd)
    try:
        found = os.fstat(copy)
        if not stat.S_ISSOCK(found.st_mode) or found.st_ino != ino:
            raise NotThisSocketError
        raw, names = _read_all(copy)
    finally:
        os.close(copy)
    values = {option.name: option.decode(data) for option, data in raw}
    return {name: value for name, value in values.items() if value is not None}, names


def _read_all(fd: int) -> tuple[list[tuple[Option, Raw]], SocketNames]:
    """Ask a socket of ours for every option its family and type have, and for what else it tells."""
    # The object would close the descriptor in its own time; `detach` leaves that to the caller.
    asking = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=fd)
    try:
        family = asking.getsockopt(_SOL, socket.SO_DOMAIN)
        kind = asking.getsockopt(_SOL, socket.SO_TYPE)
        found = []
        for option in OPTIONS:
            if (option.families and family not in option.families) or (option.kinds and kind not in option.kinds):
                continue
            try:
                found.append((option, Raw(asking.getsockopt(option.level, option.number, option.size))))
            except OSError:
                continue  # this protocol or this kernel does not have it
        names = read_names(asking, family, kind)
    finally:
        asking.detach()
    return found, names
