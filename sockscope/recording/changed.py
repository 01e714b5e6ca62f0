"""Which looks changed what, without reading them: marks of rows, 32 bits each, and the looks that they changed in.

Two rows may have one mark. So a mark says in which looks a row may have changed, and never that it did.
"""

from collections.abc import Iterator
from zlib import crc32

from sockscope.frames.messages import Frame
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.recording.picture import Picture

MAX_MARKS = 200_000
"""Entries of one block, beyond which it keeps none: its looks are then all read."""


def mark_of(key: ProcessKey | DescriptorKey) -> int:
    """Return the mark of a process or descriptor."""
    return crc32(repr(tuple(key)).encode())


def mark_of_socket(ino: int) -> int:
    """Return the mark of a socket, by its inode."""
    return crc32(b"%d" % ino)


def marks(frame: Frame, before: Picture) -> set[int]:
    """Return the marks of what a frame changes in a picture; of a full frame too, though that mentions all."""
    return set(_marks(frame, before))


def _marks(frame: Frame, before: Picture) -> Iterator[int]:
    for pid, start in frame.ended:
        key = ProcessKey(pid, start)
        yield mark_of(key)
        yield from (mark_of(DescriptorKey(pid, start, fd)) for fd in before.tables.get(key, ()))
    for process in frame.processes:
        if process != before.processes.get(process.key):
            yield mark_of(process.key)
    for table in frame.tables:
        known = before.tables.get(ProcessKey(table.pid, table.start), {})
        for fd in table.closed:
            yield mark_of(DescriptorKey(table.pid, table.start, fd))
        for descriptor in table.opened:
            if descriptor != known.get(descriptor.fd):
                yield mark_of(descriptor.key)
    for gone in frame.sockets_gone:
        socket = before.sockets.get(gone)
        if socket is not None:
            yield mark_of_socket(socket.ino)
    for socket in frame.sockets:
        other = before.sockets.get(socket.key)
        if other is None or (socket.state, socket.remote) != (other.state, other.remote):
            yield mark_of_socket(socket.ino)
