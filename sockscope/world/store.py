"""What exists now, and the indexes over it. Relations are worked out elsewhere, from this."""

from sockscope.frames.messages import Hello
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.descriptor_index import DescriptorIndex
from sockscope.world.epoll_index import EpollIndex
from sockscope.world.process_index import ProcessIndex
from sockscope.world.socket_index import SocketIndex


class Store:
    """The present state. Read its dictionaries freely; only `World.apply` changes them."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self.hello: Hello | None = None
        """Which machine this is, None before the stream began."""
        self.seq: int = 0
        self.previewed = False
        """Whether the last frame was a preview: processes without their tables."""
        self.time: float = 0.0
        """Seconds since the epoch at the end of the last scan."""
        self.coverage: Coverage = Coverage()
        self.stats: Stats = Stats()
        self.processes: dict[ProcessKey, Process] = {}
        self.tables: dict[ProcessKey, dict[int, Descriptor]] = {}
        """Descriptors of each process by number; a process without any has no table."""
        self.sockets: dict[int, Socket] = {}
        """By `Socket.key`."""
        self.epolls: dict[str, EpollInstance] = {}
        """By object."""
        self.namespaces: dict[int, NetworkNamespace] = {}
        """Network namespaces by inode, our own first."""
        self.process_index = ProcessIndex()
        self.descriptor_index = DescriptorIndex()
        self.socket_index = SocketIndex()
        self.epoll_index = EpollIndex()

    def process(self, pid: int) -> Process | None:
        """Process that has this pid now."""
        key = self.process_index.key(pid)
        return None if key is None else self.processes[key]

    def descriptor(self, key: DescriptorKey) -> Descriptor | None:
        """Descriptor of this slot, None when it is closed or its process ended."""
        table = self.tables.get(key.process)
        return None if table is None else table.get(key.fd)

    def find(self, pid: int, fd: int) -> Descriptor | None:
        """Descriptor `fd` of the process that has this pid now."""
        key = self.process_index.key(pid)
        return None if key is None else self.tables.get(key, {}).get(fd)

    def netns_name(self, inode: int) -> str:
        """What a user calls a network namespace, "" for one that is not known."""
        found = self.namespaces.get(inode)
        return "" if found is None else found.name

    def holders(self, object: str) -> tuple[DescriptorKey, ...]:  # noqa: A002 - the contract's word
        """All descriptors that lead to one kernel object, ordered by (pid, fd)."""
        return self.descriptor_index.objects.get(object)

    def holder_count(self, object: str) -> int:  # noqa: A002 - the contract's word
        """How many descriptors lead to one kernel object, without listing them."""
        return self.descriptor_index.objects.count(object)

    def socket_holders(self, ino: int) -> tuple[DescriptorKey, ...]:
        """All descriptors of the socket with this inode, ordered by (pid, fd)."""
        return self.descriptor_index.sockets.get(ino)

    def object_of(self, holders: tuple[DescriptorKey, ...]) -> str:
        """Object that these holders lead to, "" without a holder."""
        first = self.descriptor(holders[0]) if holders else None
        return "" if first is None else first.object

    def socket_by_ino(self, ino: int) -> Socket | None:
        """Socket with this inode; of an MPTCP socket and its subflows, which share one, the former."""
        if not ino:
            return None
        keys = self.socket_index.inodes.get(ino)
        if len(keys) == 1:
            return self.sockets[keys[0]]
        found = [self.sockets[key] for key in keys]
        return min(found, key=lambda socket: (socket.protocol != "mptcp", socket.key), default=None)

    def socket_of(self, descriptor: Descriptor) -> Socket | None:
        """Socket a descriptor leads to; None for other kinds and for sockets that nothing described."""
        return self.socket_by_ino(descriptor.ino) if descriptor.kind == "socket" else None

    def epoll_of(self, descriptor: Descriptor) -> EpollInstance | None:
        """Epoll instance a descriptor leads to; None for other kinds and where it could not be read."""
        return self.epolls.get(descriptor.object) if descriptor.kind == "epoll" else None
