"""What exists now, and the indexes over it. Relations are worked out elsewhere, from this."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import NamedTuple

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.frames.messages import Hello, TerminalReport
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.limits import Limits
from sockscope.model.lock import LockKey, LockWait
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.model.wait import ProcessWaits
from sockscope.world.growth import Growth
from sockscope.world.index.borrowed import BorrowedTables
from sockscope.world.index.descriptors import DescriptorIndex
from sockscope.world.index.entries import Entries
from sockscope.world.index.epolls import EpollIndex
from sockscope.world.index.processes import ProcessIndex
from sockscope.world.index.sockets import SocketIndex


class Told(NamedTuple):
    """One thing that is wrong, as whoever asks the rules tells it (`sockscope.findings.finding.Finding`)."""

    severity: str
    rule: str
    id: str
    """Of the finding; the same as long as it is about the same objects."""
    sentence: str


Found = dict[ProcessKey | DescriptorKey, tuple[Told, ...]]
"""What is wrong with a process or descriptor, the worst first."""

MANY = 1000
"""Holders above which a row does not look who of them shares a table."""


class Store:
    """The present state. Read its dictionaries freely; only `World.apply` changes them."""

    def __init__(self, indexes: Iterable[Entries] = ()) -> None:
        """Start with nothing known; `indexes` are kept of descriptors, besides those that all need."""
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
        self.waits: dict[ProcessKey, ProcessWaits] = {}
        """What the threads of each process wait for; a process of which nothing was told has none."""
        self.cpu: dict[ProcessKey, float] = {}
        """Which share of one processor the threads of a process have had between the last two looks (1.0 is a whole
        one); only those that have run."""
        self.timed = False
        """Whether there were two looks to tell it from."""
        self.untimed: set[ProcessKey] = set()
        """Processes that have run, of which it cannot be told all the same: new ones, and those that lost a thread."""
        self.growth = Growth()
        """How many descriptors processes had lately."""
        self.found: Found = {}
        """What was found to be wrong with whom, learnt from whoever asks the rules."""
        self.since: Mapping[ProcessKey | DescriptorKey, str] | None = None
        """What is `new` or `changed` since a marked moment, learnt from whoever follows it; None without a mark."""
        self.limits: Limits = Limits()
        self.locks: dict[LockKey, list[LockWait]] = {}
        """Requests for locks that are blocked, by file and who asks."""
        self.namespaces: dict[int, NetworkNamespace] = {}
        """Network namespaces by inode, our own first."""
        self.terminal_reports: dict[tuple[str, int], tuple[int, TerminalReport]] = {}
        """What was asked about the settings of terminals, by name and session, each with the frame at which it was."""
        self.process_index = ProcessIndex()
        self.borrowed = BorrowedTables()
        self.descriptor_index = DescriptorIndex(indexes)
        self.socket_index = SocketIndex()
        self.epoll_index = EpollIndex()

    @property
    def read_whole(self) -> bool:
        """Whether no descriptor was left for a later look: else that nobody is seen to hold something means little."""
        return not (self.coverage.waiting_processes or self.coverage.partly_read)

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

    def entered(self, index: Entries, entry: Hashable) -> tuple[DescriptorKey, ...]:
        """Descriptors by what a relation has entered of them, ordered by (pid, fd)."""
        return self.descriptor_index.entered(index, entry)

    def netns_name(self, inode: int) -> Clean:
        """What a user calls a network namespace, "" for one that is not known."""
        found = self.namespaces.get(inode)
        return NOTHING if found is None else found.name

    def holders(self, object: str) -> tuple[DescriptorKey, ...]:  # noqa: A002 - the contract's word
        """All descriptors that lead to one kernel object, ordered by (pid, fd)."""
        return self.descriptor_index.objects.get(object)

    def holder_count(self, object: str) -> int:  # noqa: A002 - the contract's word
        """How many descriptors lead to one kernel object, those of one table once; without listing them."""
        count = self.descriptor_index.objects.count(object)
        # Of tables that were read one after the other, the second may have what the first had not yet.
        return max(count - self.borrowed.again(object), min(count, 1))

    def counted(self, holders: Collection[DescriptorKey]) -> int:
        """How many descriptors these are: those of a table that several processes share are counted once."""
        return max(sum(not self.borrowed.is_borrowed(key) for key in holders), min(len(holders), 1))

    def count_of(self, object: str, holders: Collection[DescriptorKey]) -> int:  # noqa: A002 - the contract's word
        """How many descriptors these holders of one object are, those of one table once.

        For rows: they are walked only where one of them is in a borrowed table, and not where they are many.
        """
        if len(holders) > MANY or not self.borrowed.again(object):
            return len(holders)
        return self.counted(holders)

    def table_sharers(self, process: Process) -> tuple[Process, ...]:
        """Other processes that have the very same descriptor table, by pid (`clone(CLONE_FILES)`)."""
        lender = process.table_of or process.pid
        first = self.process(lender) if process.table_of else None
        found = [self.processes[key] for key in self.borrowed.borrowers.get(lender) if key != process.key]
        return tuple(found if first is None else [first, *found])

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
