"""Messages of the stream. Version 1. Fields may be appended with a default, never moved or renamed."""

from msgspec import Struct

from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.epoll import EpollInstance
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket

VERSION = 1


class Hello(Struct, frozen=True, array_like=True, tag="hello"):
    """First message of every stream: who is speaking, of which machine."""

    version: int
    host: str
    kernel: str
    """`uname -r` of the machine that is looked at."""
    boot_time: float
    """Seconds since the epoch when the machine booted (`btime` of `proc_stat(5)`)."""
    ticks: int
    """Clock ticks per second, the unit of `Process.start`."""
    euid: int
    program: str
    """Version of sockscope that collects."""


class Table(Struct, frozen=True, array_like=True):
    """What changed in one descriptor table."""

    pid: int
    start: int
    opened: tuple[Descriptor, ...]
    """New descriptors, and those that changed."""
    closed: tuple[int, ...] = ()
    """Numbers that are no longer open."""


class Frame(Struct, frozen=True, array_like=True, tag="frame"):
    """One refresh: everything when `full`, otherwise what changed since the frame before."""

    seq: int
    full: bool
    time: float
    """Seconds since the epoch at the end of the scan."""
    processes: tuple[Process, ...] = ()
    """New processes, and those that changed."""
    ended: tuple[tuple[int, int], ...] = ()
    """Keys (pid, start) of processes that are gone; their tables go with them."""
    tables: tuple[Table, ...] = ()
    sockets: tuple[Socket, ...] = ()
    sockets_gone: tuple[int, ...] = ()
    """`Socket.key` of sockets that are gone."""
    epolls: tuple[EpollInstance, ...] = ()
    epolls_gone: tuple[str, ...] = ()
    coverage: Coverage = Coverage()
    stats: Stats = Stats()
    namespaces: tuple[NetworkNamespace, ...] = ()
    """All network namespaces, our own first, when any of them has changed; empty when none has."""
    preview: bool = False
    """Processes alone, full, sent while their tables are still read for the first time: another full frame follows."""


class Waiting(Struct, frozen=True, array_like=True):
    """A thread that is blocked in a system call now (`/proc/PID/task/TID/syscall`)."""

    pid: int
    tid: int
    syscall: str
    """Name of the call, or its number as text where the architecture's table is not known."""
    fd: int
    """The descriptor it waits on, -1 when the call takes none."""


class DescriptorReport(Struct, frozen=True, array_like=True):
    """One descriptor in depth."""

    raw: str
    """fdinfo as the kernel wrote it, cleaned line by line."""
    fields: Fields
    """fdinfo decoded: `pos` (bytes), `flags` (O_ names), `mnt_id`, `ino`, and the fields of its kind."""
    details: Fields = {}
    """For an inet socket what sock_diag tells on request: round trip times (µs), windows (segments), retransmits,
    rates (bytes a second), memory (bytes), congestion control."""


class ProcessReport(Struct, frozen=True, array_like=True):
    """One process in depth."""

    cwd: str
    exe: str
    threads: int
    waiting: tuple[Waiting, ...]
    signals: Fields
    """`caught`, `ignored`, `blocked`: lists of signal names (`proc_pid_status(5)`)."""
    created: float
    """Seconds since the epoch."""
    notes: tuple[str, ...] = ()
    """What could not be read, and why."""


class Answer(Struct, frozen=True, array_like=True, tag="answer"):
    """Reply to one `Inspect`."""

    id: int
    pid: int
    start: int
    fd: int
    process: ProcessReport | None
    descriptor: DescriptorReport | None
    waiters: tuple[Waiting, ...] = ()
    """Threads of the asked processes that are blocked on the asked descriptor or on a holder of its object."""
    error: str = ""
    """Why there is no answer ("process 12 ended"), or ""."""
    same_file: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the asked holders that share the descriptor's open file description: offset and flags."""
    other_files: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the asked holders that have opened the same object for themselves. A holder in neither
    could not be compared."""


class Ended(Struct, frozen=True, array_like=True, tag="ended"):
    """Last message of a stream that ends on purpose, with the reason."""

    reason: str


class OptionsAnswer(Struct, frozen=True, array_like=True, tag="options-answer"):
    """Reply to one `Options`."""

    id: int
    pid: int
    start: int
    fd: int
    options: Fields
    """Option name to value, in the order to show; a unit is part of the name (`TCP_KEEPIDLE_s`)."""
    error: str = ""
    """Why nothing could be read, with what would help, or ""."""


Message = Hello | Frame | Answer | OptionsAnswer | Ended


class Next(Struct, frozen=True, array_like=True, tag="next"):
    """The reader is ready for another frame. Nothing is sent without it: the reader pulls."""


class Pace(Struct, frozen=True, array_like=True, tag="pace"):
    """Seconds between two refreshes from now on."""

    interval: float


class Inspect(Struct, frozen=True, array_like=True, tag="inspect"):
    """Ask for one process (`fd` = -1) or one of its descriptors in depth."""

    id: int
    pid: int
    start: int
    fd: int = -1
    holders: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the other descriptors on the same object, at most 256: their waiting threads are
    wanted, and whether they share the open file description."""


class Options(Struct, frozen=True, array_like=True, tag="options"):
    """Ask for the options of the socket behind a descriptor: it is duplicated for an instant (`pidfd_getfd(2)`)."""

    id: int
    pid: int
    start: int
    fd: int
    ino: int
    """Inode of the socket that is meant: another one behind the same number is not asked."""


Request = Next | Pace | Inspect | Options
