"""Equal values of a frame made one object: a decoder makes a new `socket` and `rw` for each of 100,000 descriptors.

The values stay equal to what was sent, so nothing but the memory notices. What is freed is taken by the indexes that
grow next.
"""

from sys import intern

from msgspec.structs import force_setattr

from sockscope.frames.messages import Frame
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket

_WORDS = ("family", "type", "protocol", "state", "source", "cgroup_path")


def share(frame: Frame) -> None:
    """Let equal words and numbers of a frame that was just decoded be the same objects."""
    for table in frame.tables:
        for descriptor in table.opened:
            _share_descriptor(descriptor, table.pid, table.start)
    numbers: dict[int, int] = {}
    for socket in frame.sockets:
        _share_socket(socket, numbers)


def _share_descriptor(descriptor: Descriptor, pid: int, start: int) -> None:
    if (descriptor.pid, descriptor.start) == (pid, start):
        force_setattr(descriptor, "pid", pid)
        force_setattr(descriptor, "start", start)
    force_setattr(descriptor, "kind", intern(descriptor.kind))
    force_setattr(descriptor, "access", intern(descriptor.access))
    force_setattr(descriptor, "identified", intern(descriptor.identified))
    if descriptor.object == descriptor.target:
        force_setattr(descriptor, "object", descriptor.target)


def _share_socket(socket: Socket, numbers: dict[int, int]) -> None:
    for name in _WORDS:
        force_setattr(socket, name, intern(getattr(socket, name)))
    force_setattr(socket, "netns", numbers.setdefault(socket.netns, socket.netns))
    if socket.key == socket.cookie:
        force_setattr(socket, "cookie", socket.key)
