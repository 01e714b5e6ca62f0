"""Descriptors by kernel object, by socket inode and by pseudo-terminal."""

import re
from collections.abc import Iterator

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.multimap import Multimap

SOCKET = re.compile(r"socket:\[(\d{1,20})\]")
PIPE_KINDS = frozenset({"pipe", "fifo"})
PTY_KINDS = frozenset({"pty-master", "tty"})


def pty_index(descriptor: Descriptor) -> int | None:
    """Number of the pseudo-terminal this is an end of, None for anything else (`ptmx`: `tty-index` of fdinfo)."""
    if descriptor.kind not in PTY_KINDS or not descriptor.fields:
        return None
    index = descriptor.fields.get("index")
    return index if isinstance(index, int) else None


def pty_instance(descriptor: Descriptor) -> int:
    """Device of the devpts mount the pseudo-terminal belongs to, 0 unknown."""
    instance = descriptor.fields.get("instance") if descriptor.fields else None
    return instance if isinstance(instance, int) else 0


def registered_sockets(descriptor: Descriptor) -> Iterator[int]:
    """Inodes of the sockets registered in an io_uring (`UserFiles` lines of its fdinfo), which keeps them open."""
    if descriptor.kind != "io_uring" or not descriptor.fields:
        return
    for file in descriptor.fields.get("files", ()):
        found = SOCKET.fullmatch(file.get("path", "")) if isinstance(file, dict) else None
        if found is not None:
            yield int(found[1])


class DescriptorIndex:
    """Kept one descriptor at a time."""

    __slots__ = ("ends", "objects", "ptys", "registered", "sockets")

    def __init__(self) -> None:
        """Start empty."""
        self.objects: Multimap[str, DescriptorKey] = Multimap()
        self.ends: Multimap[tuple[str, str], DescriptorKey] = Multimap()
        """Descriptors of pipes and FIFOs by (object, access)."""
        self.sockets: Multimap[int, DescriptorKey] = Multimap()
        """By inode in sockfs."""
        self.ptys: Multimap[int, DescriptorKey] = Multimap()
        """Masters and slaves by pty number; the devpts instance is compared when asked."""
        self.registered: Multimap[int, DescriptorKey] = Multimap()
        """io_uring descriptors by the inode of a socket registered in the ring."""

    def add(self, key: DescriptorKey, descriptor: Descriptor) -> None:
        """Enter a descriptor that is not in the index."""
        self.objects.add(descriptor.object, key)
        if descriptor.kind == "socket" and descriptor.ino:
            self.sockets.add(descriptor.ino, key)
        elif descriptor.kind in PIPE_KINDS:
            self.ends.add((descriptor.object, descriptor.access), key)
        elif descriptor.fields:
            for index, entry in self._special(descriptor):
                index.add(entry, key)

    def remove(self, key: DescriptorKey, descriptor: Descriptor) -> None:
        """Take out a descriptor as it was entered."""
        self.objects.discard(descriptor.object, key)
        if descriptor.kind == "socket" and descriptor.ino:
            self.sockets.discard(descriptor.ino, key)
        elif descriptor.kind in PIPE_KINDS:
            self.ends.discard((descriptor.object, descriptor.access), key)
        elif descriptor.fields:
            for index, entry in self._special(descriptor):
                index.discard(entry, key)

    def _special(self, descriptor: Descriptor) -> Iterator[tuple[Multimap[int, DescriptorKey], int]]:
        pty = pty_index(descriptor)
        if pty is not None:
            yield self.ptys, pty
        for ino in registered_sockets(descriptor):
            yield self.registered, ino
