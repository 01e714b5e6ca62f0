"""An open descriptor: one slot of one process's table, and the kernel object it leads to."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct

from sockscope.abi.open_flags import O_PATH, Access
from sockscope.abi.strings import Clean
from sockscope.model.keys import DescriptorKey, ProcessKey

NamedKind = Literal[
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
    "socket-file",
    "symlink",
    "cwd",
    "root",
    "exe",
    "mem",
    "unknown",
]
"""Kinds that code names. A kind that nothing outside its own file asks for by name need not be among them."""

if TYPE_CHECKING:
    KindName = NamedKind
else:
    KindName = str
    """Any name where frames are decoded: a kind is known by its own file and needs no entry here."""

Identified = Literal["inode", "number", "kcmp", ""]
"""How it was established which object a descriptor leads to, and so which others lead to the same one.

`inode`: its inode is its own, and was taken together with its device or mount. `number`: a number that the kernel
gives to one living object at a time (`eventfd-id`), compared with `kcmp(2)` wherever two descriptors show the same.
`kcmp`: its inode is that of many others, and `kcmp(2)` has compared it with those, in this look or in one since which
nobody has run who could have changed it. "": it was not compared: denied, or its process never stood still.
"""

Fields = dict[str, Any]
"""What fdinfo, sock_diag or an option has told, by name, for who reads it: mypy asks nothing of the values."""

if TYPE_CHECKING:
    Fact: TypeAlias = "int | float | Clean | Facts | CleanFields | None"
    Facts: TypeAlias = "list[Fact] | list[Clean] | list[int] | list[tuple[int, int]] | list[CleanFields]"
    CleanFields = dict[str, Fact]
else:
    Fact = Any
    CleanFields = dict[str, Any]
    """The same for who makes it: values are int, float, bool, None, clean text, or lists and dicts of these."""


class Descriptor(Struct, frozen=True, array_like=True, gc=False):
    """One descriptor of one process."""

    pid: int
    start: int
    fd: int
    """Negative for what is used without a descriptor (see `keys.PLACES`)."""
    kind: KindName
    """A name of `sockscope.kinds.registry`."""
    target: Clean
    """Text of the `/proc/PID/fd/N` link, cleaned."""
    access: Access
    """Access mode of the open file description; "" where it could not be read (or `O_PATH`)."""
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
    fields: CleanFields | None = None
    """fdinfo decoded, for the kinds whose row needs it."""
    identified: Identified = ""
    """What `object` rests on. "" goes together with `unproven`."""

    @property
    def key(self) -> DescriptorKey:
        """Identity that survives updates."""
        return DescriptorKey(self.pid, self.start, self.fd)

    @property
    def slot(self) -> str:
        """Where it is, as all texts write it: `812:3`, `812:mem0`."""
        return self.key.slot

    @property
    def inode(self) -> int | None:
        """Number of its inode, None where it is not known; 0 is that of the first System V segment (ipc/shm.c)."""
        return self.ino if self.ino or (self.identified == "inode" and self.dev) else None

    @property
    def superblock(self) -> int:
        """Device by which the kernel's tables name its file system (epoll's `sdev`, locks, watches); 0 unknown.

        Another one than `dev`, which is what `stat(2)` says, where subvolumes or layers are numbered apart.
        """
        number = self.fields.get("superblock") if self.fields else None
        return number if isinstance(number, int) else self.dev

    @property
    def named_only(self) -> bool:
        """Whether it stands for a name and opens nothing (`O_PATH`): it can be neither read nor written."""
        return self.flags >= 0 and bool(self.flags & O_PATH)

    def leads_elsewhere_than(self, before: "Descriptor") -> bool:
        """Whether the number has come to another object since `before`; what could not be compared is taken to stay."""
        if (self.kind, self.ino, self.dev) != (before.kind, before.ino, before.dev):
            return True
        return bool(self.identified and before.identified) and self.object != before.object

    @property
    def process(self) -> ProcessKey:
        """The process whose table this is."""
        return ProcessKey(self.pid, self.start)
