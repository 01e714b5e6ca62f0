"""All sockets of the machine: dumps per namespace and family, and exact questions for what they miss."""

import os
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from sockscope.collect import socket_values
from sockscope.collect.netspaces import DiagSockets, NetNamespace
from sockscope.collect.work import Work
from sockscope.kernel.diag import inet, unix
from sockscope.kernel.diag.transport import DiagSocket
from sockscope.kernel.text import clean
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket

INET_FAMILIES = (int(socket.AF_INET), int(socket.AF_INET6))
INET_PROTOCOLS = (socket.IPPROTO_TCP, socket.IPPROTO_UDP)

Rows = list[tuple[int, Any]]
Convert = Callable[[Any], Socket]


class SocketCollector:
    """Describe every socket, and keep the description of those that have not changed."""

    def __init__(self, diag: DiagSockets, work: Work, root: str = "/proc") -> None:
        """Ask through `diag`."""
        self._diag = diag
        self._work = work
        self._root = root
        self._known: dict[int, tuple[Any, Socket]] = {}
        """Raw row and description by key, from the refresh before."""
        self._missing: dict[tuple[int, str], str] = {}
        """Families that a namespace's kernel does not describe, with the reason."""
        self._asked: dict[int, Socket] = {}
        """Sockets by inode that only an exact question described, until their holders change."""
        self._missed: dict[int, Socket] = {}
        """Last description by inode of sockets that one dump has missed: two misses make them gone."""

    def refresh(
        self, namespaces: list[NetNamespace], held: dict[int, Descriptor], fresh: set[int]
    ) -> dict[int, Socket]:
        """Describe the sockets of some namespaces and every socket in `held`, by key.

        Args:
            namespaces: those to dump, the first being our own.
            held: one descriptor for each socket inode found in a descriptor table.
            fresh: inodes among them whose descriptors were walked in this refresh.
        """
        seen: dict[int, tuple[Any, Socket]] = {}
        self._diag.keep(namespace.inode for namespace in namespaces)
        for namespace in namespaces:
            self._dump(namespace, seen)
        described = {entry[1].ino for entry in seen.values()}
        sockets = {key: entry[1] for key, entry in seen.items()}
        lost = {entry[1].ino: entry[1] for key, entry in self._known.items() if key not in seen}
        for ino in held.keys() - described:
            if ino in lost and ino not in self._missed and lost[ino].family != "unix":
                self._missed[ino] = sockets[lost[ino].key] = lost[ino]
                continue
            found = self._exact(ino, held[ino], namespaces, ino in fresh)
            sockets[found.key] = found
        for ino in [ino for ino in self._asked if ino in described or ino not in held]:
            del self._asked[ino]
        for ino in [ino for ino in self._missed if ino not in lost]:
            del self._missed[ino]
        self._known = seen
        return sockets

    def notes(self) -> list[str]:
        """Name the families that could not be asked for, once each."""
        reasons = {f"{family}: {reason}" for (_, family), reason in self._missing.items()}
        return sorted(f"sock_diag does not describe {text}; such sockets show by inode only" for text in reasons)

    def _dump(self, namespace: NetNamespace, seen: dict[int, tuple[Any, Socket]]) -> None:
        diag = self._diag.get(namespace)
        if diag is None:
            return
        netns = namespace.inode
        to_unix = partial(socket_values.unix_socket, netns=netns)
        self._family(namespace, "unix", seen, partial(unix.dump, diag), to_unix)
        for protocol in INET_PROTOCOLS:
            name = inet.PROTOCOLS[protocol]
            to_inet = partial(socket_values.inet_socket, protocol=name, netns=netns)
            for family in INET_FAMILIES:
                label = name if family == socket.AF_INET else f"{name} over IPv6"
                self._family(namespace, label, seen, partial(inet.dump, diag, family, protocol), to_inet)

    def _family(
        self,
        namespace: NetNamespace,
        label: str,
        seen: dict[int, tuple[Any, Socket]],
        dump: Callable[[], list[Any]],
        convert: Convert,
    ) -> None:
        """Dump one family; a row that is the same as before keeps its description."""
        try:
            rows = dump()
        except OSError as error:
            self._missing[namespace.inode, label] = error.strerror or str(error)
            return
        self._missing.pop((namespace.inode, label), None)
        self._work.dumps += 1
        known = self._known
        for row in rows:
            key = row.cookie
            before = known.get(key)
            if before is not None and before[0] == row:
                seen[key] = before
            else:
                seen[key] = (row, convert(row))

    def _exact(self, ino: int, holder: Descriptor, namespaces: list[NetNamespace], fresh: bool) -> Socket:  # noqa: FBT001
        """Describe one socket that no dump has shown.

        A dump is no snapshot: it may pass over a long-lived socket while others come and go, so the
        kernel is asked for exactly this one before it is called unknown.
        """
        known = self._asked.get(ino)
        if known is not None and not fresh and known.family != "unix":
            return known
        protocol = self._protocol_name(holder)
        found = self._ask_unix(ino, namespaces) if not protocol or protocol.startswith("UNIX") else None
        if found is None:
            found = socket_values.nameless_socket(ino, 0, protocol)
        self._asked[ino] = found
        return found

    def _ask_unix(self, ino: int, namespaces: list[NetNamespace]) -> Socket | None:
        for namespace in namespaces:
            diag = self._diag.get(namespace)
            if diag is None or (namespace.inode, "unix") in self._missing:
                continue
            row = self._ask(diag, ino, namespace)
            if row is not None:
                return socket_values.unix_socket(row, namespace.inode)
        return None

    def _ask(self, diag: DiagSocket, ino: int, namespace: NetNamespace) -> unix.UnixSocket | None:
        self._work.exact += 1
        try:
            return unix.read(diag, ino)
        except OSError as error:
            self._missing[namespace.inode, "unix"] = error.strerror or str(error)
            return None

    def _protocol_name(self, holder: Descriptor) -> str:
        """Learn a socket's protocol from the attribute that sockfs gives each (net/socket.c), "" where denied."""
        path = f"{self._root}/{holder.pid}/fd/{holder.fd}"
        try:
            raw = os.getxattr(path, "system.sockprotoname")
        except OSError:
            return ""
        return clean(raw.rstrip(b"\0"))
