"""An open descriptor: one slot of one process's table, and the kernel object it leads to."""

from typing import Any, Literal, get_args

from msgspec import Struct

from sockscope.model.keys import DescriptorKey, ProcessKey

Kind = Literal[
    "socket",
    "pipe",
    "fifo",
    "epoll",
    "eventfd",
    "timerfd",
    "signalfd",
    "inotify",
    "fanotify",
    "pidfd",
    "io_uring",
    "bpf-map",
    "bpf-prog",
    "bpf-link",
    "perf_event",
    "userfaultfd",
    "memfd",
    "dmabuf",
    "pty-master",
    "tty",
    "file",
    "directory",
    "char-device",
    "block-device",
    "namespace",
    "mqueue",
    "seccomp",
    "landlock",
    "anon",
    "unknown",
]
KINDS: tuple[str, ...] = get_args(Kind)

Access = Literal["r", "w", "rw", ""]
"""Access mode of the open file description; "" where it could not be read (or `O_PATH`)."""

Fields = dict[str, Any]
"""fdinfo decoded into named fields; values are int, str, bool, None, or lists and dicts of these."""


class Descriptor(Struct, frozen=True, array_like=True, gc=False):
    """One descriptor of one process."""

    pid: int
    start: int
    fd: int
    kind: str
    """One of `KINDS`."""
    target: str
    """Text of the `/proc/PID/fd/N` link, cleaned."""
    access: str
    """One of `Access`."""
    object: str
    """Identity of the kernel object: equal for two descriptors exactly when both lead to one object.

    Opaque outside the collector, except that `unproven` says whether equality could be established.
    """
    ino: int = 0
    dev: int = 0
    """Device of the inode as `major << 20 | minor`, 0 unknown."""
    flags: int = -1
    """Open flags of fdinfo with O_CLOEXEC, -1 where fdinfo was not read."""
    unproven: bool = False
    """The object could not be compared with others (kcmp denied): sharing would go unseen."""
    fields: Fields | None = None
    """fdinfo decoded, for the kinds whose row needs it."""

    @property
    def key(self) -> DescriptorKey:
        """Identity that survives updates."""
        return DescriptorKey(self.pid, self.start, self.fd)

    @property
    def process(self) -> ProcessKey:
        """The process whose table this is."""
        return ProcessKey(self.pid, self.start)
