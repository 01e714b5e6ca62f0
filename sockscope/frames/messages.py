"""Messages of the stream. Version 2. Fields may be appended with a default, never moved or renamed."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.model.blocked import Blocked
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import CleanFields, Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.limits import Limits
from sockscope.model.located import Located
from sockscope.model.lock import LockWait
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.model.wait import Halt, ProcessWaits

VERSION = 3


End = Literal["master", "slave", ""]
Silence = Literal["", "raw", "external", "discipline"]
"""Of a pseudoterminal."""

Pid = Annotated[int, Meta(ge=0, lt=1 << 31)]
Fd = Annotated[int, Meta(ge=0, lt=1 << 31)]
AnyFd = Annotated[int, Meta(ge=-1, lt=1 << 31)]
"""Numbers in requests: the kernel has no larger ones, and system calls take no larger ones."""


class Hello(Struct, frozen=True, array_like=True, tag="hello"):
    """First message of every stream: who is speaking, of which machine."""

    version: int
    host: Clean
    kernel: Clean
    """`uname -r` of the machine that is looked at."""
    boot_time: float
    """Seconds since the epoch when the machine booted (`btime` of `proc_stat(5)`)."""
    ticks: int
    """Clock ticks per second, the unit of `Process.start`."""
    euid: int
    """Uid of the user who looks, whatever the process that does so has become."""
    program: Clean
    """Version of sockscope that collects."""
    boot_id: Clean = NOTHING
    """Which boot this is (`random(4)`, `/proc/sys/kernel/random/boot_id`), "" where that cannot be read."""
    pid: int = 0
    """Pid of who collects, 0 where he does not say: not part of what is looked at."""


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
    limits: Limits | None = None
    """Limits of the machine and its users, when any of them has changed; None when none has."""
    waits: tuple[ProcessWaits, ...] = ()
    """What the threads of processes wait for that have run since the frame before; they end with their process."""
    locks: tuple[LockWait, ...] | None = None
    """All requests for locks that are blocked, when any of them has changed; None when none has."""


class Waiting(Struct, frozen=True, array_like=True):
    """A thread that is blocked in a system call (`/proc/PID/task/TID/syscall`)."""

    pid: int
    tid: int
    syscall: Clean
    """Name of the call, or its number as text where the architecture's table is not known."""
    fd: int
    """The descriptor it waits on, -1 when the call takes none."""
    halted: Halt = ""
    """What keeps the thread from waiting on: it was in the call when that happened, and is not before it goes on."""
    fds: tuple[int, ...] = ()
    """Of poll(2) and select(2) all descriptors that it waits on, as its memory had them when asked: ascending."""
    unread: bool = False
    """Whether it is a poll(2) or select(2) whose set was not read: nobody asked for that, or it could not be read."""
    own_table: bool = False
    """Whether the thread has another descriptor table than `pid`, so that its numbers mean files of its own."""
    shared: bool = False
    """Whether another thread has its descriptor table, or that is not known."""


class TerminalReport(Struct, frozen=True, array_like=True):
    """How a terminal is set (`termios(3)`), asked through a duplicate, or why that is not known."""

    error: Clean
    """Why it could not be asked, "" when it was."""
    pid: int = 0
    fd: int = -1
    """The descriptor that was duplicated for it."""
    end: End = ""
    """`master`, which proves that it is this terminal; or `slave`, which has its device number."""
    signals: bool = True
    """Whether keys send signals."""
    canonical: bool = True
    """ICANON: whether input comes by lines."""
    echo: bool = True
    interrupt: Clean = NOTHING
    """Key that sends SIGINT as `^C`, "" for none."""
    quit: Clean = NOTHING
    suspend: Clean = NOTHING
    silenced: Silence = ""
    """Why no key sends a signal, "" where keys do."""


class DescriptorReport(Struct, frozen=True, array_like=True):
    """One descriptor in depth."""

    raw: Clean
    """fdinfo as the kernel wrote it, cleaned line by line."""
    fields: CleanFields
    """fdinfo decoded: `pos` (bytes), `flags` (O_ names), `mnt_id`, `ino`, and the fields of its kind."""
    details: CleanFields = {}
    """For an inet socket what sock_diag tells on request: round trip times (µs), windows (segments), retransmits,
    rates (bytes a second), memory (bytes), congestion control."""


class FutexWait(Struct, frozen=True, array_like=True):
    """A thread that waits for a futex in a file that is mapped shared (`/proc/PID/maps`)."""

    pid: int
    tid: int
    target: Clean
    """What is mapped, as the kernel names it."""
    object: str
    """`Descriptor.object` of that, "" where it could not be told from others."""
    offset: int
    """Bytes into it."""


class ProcessReport(Struct, frozen=True, array_like=True):
    """One process in depth."""

    cwd: Clean
    exe: Clean
    threads: int
    waiting: tuple[Waiting, ...]
    signals: CleanFields
    """`caught`, `ignored`, `blocked`: lists of signal names (`proc_pid_status(5)`)."""
    created: float
    """Seconds since the epoch."""
    notes: tuple[Clean, ...] = ()
    """What could not be read, and why."""
    futexes: tuple[FutexWait, ...] = ()
    """Its threads that wait in mapped memory."""
    metadata: CleanFields = field(default_factory=dict)
    """What it has used so far: `memory_bytes`, `cpu_s`, `nice`, `read_bytes`, `written_bytes`, and `cpus` where it may
    not run on all."""


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
    error: Clean = NOTHING
    """Why there is no answer ("process 12 ended"), or ""."""
    same_file: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the asked holders that share the descriptor's open file description: offset and flags."""
    other_files: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the asked holders that have opened the same object for themselves. A holder in neither
    could not be compared."""
    notes: tuple[Clean, ...] = ()
    """What of the asked processes keeps their threads from waiting, whose sets of poll(2) could not be read, and what
    was left out because there is too much of it."""
    terminal: TerminalReport | None = None
    """How the terminal is set whose descriptors the request has named, None where it has named none."""
    futexes: tuple[FutexWait, ...] = ()
    """Threads of all asked processes that wait in mapped memory, where a mapped file is asked for."""
    locks: tuple[CleanFields, ...] = ()
    """Locks on files of the asked descriptor's inode number, of whatever device (`/proc/locks`): `type`, `mode`, `pid`,
    `dev`, `ino`, `start`, `end`, and `blocked`, whether it only waits for one. At most 256."""
    inside: bool = False
    """As in the request."""
    blocked: tuple[Blocked, ...] = ()
    """Threads that may be opening the asked FIFO and wait for its other end; of a fanotify group, all threads that wait
    for the answer of some group. At most 256."""


class Ended(Struct, frozen=True, array_like=True, tag="ended"):
    """Last message of a stream that ends on purpose, with the reason."""

    reason: Clean


class OptionsAnswer(Struct, frozen=True, array_like=True, tag="options-answer"):
    """Reply to one `Options`."""

    id: int
    pid: int
    start: int
    fd: int
    options: CleanFields
    """Option name to value, in the order to show; a unit is part of the name (`TCP_KEEPIDLE_s`)."""
    error: Clean = NOTHING
    """Why nothing could be read, with what would help, or ""."""


class TerminalsAnswer(Struct, frozen=True, array_like=True, tag="terminals-answer"):
    """Reply to one `Terminals`: a report for each, in the order in which they were asked for."""

    id: int
    reports: tuple[TerminalReport, ...]


Message = Hello | Frame | Answer | OptionsAnswer | TerminalsAnswer | Located | Ended


class Next(Struct, frozen=True, array_like=True, tag="next"):
    """The reader is ready for another frame. Nothing is sent without it: the reader pulls."""


class Pace(Struct, frozen=True, array_like=True, tag="pace"):
    """Seconds between two refreshes from now on."""

    interval: float


class Inspect(Struct, frozen=True, array_like=True, tag="inspect"):
    """Ask for one process (`fd` = -1), one of its descriptors, or a file that it uses without one, in depth."""

    id: int
    pid: Pid
    start: int
    fd: AnyFd = -1
    holders: tuple[tuple[Pid, Fd], ...] = ()
    """(pid, fd) of the other descriptors on the same object, at most 256: their waiting threads are
    wanted, and whether they share the open file description."""
    terminal: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of descriptors on the controlling terminal of the process, at most 16, its masters first: one of them
    is duplicated for an instant to ask how the terminal is set."""
    inside: bool = False
    """Whether the sets of threads in poll(2) and select(2) are read, once each, in the memory of the processes."""


class Options(Struct, frozen=True, array_like=True, tag="options"):
    """Ask for the options of the socket behind a descriptor: it is duplicated for an instant (`pidfd_getfd(2)`)."""

    id: int
    pid: Pid
    start: int
    fd: Fd
    ino: int
    """Inode of the socket that is meant: another one behind the same number is not asked."""


class Locate(Struct, frozen=True, array_like=True, tag="locate"):
    """Ask which file a path leads to, and who uses it without a descriptor; answered with `Located`."""

    id: int
    path: bytes
    """Absolute, as open(2) takes it."""


class AskedTerminal(Struct, frozen=True, array_like=True):
    """One controlling terminal: a process that has it, and descriptors on it."""

    pid: int
    start: int
    slots: tuple[tuple[int, int], ...]
    """As `Inspect.terminal`."""


class Terminals(Struct, frozen=True, array_like=True, tag="terminals"):
    """Ask how terminals are set, at most 256 of them."""

    id: int
    asked: tuple[AskedTerminal, ...]


class Uses(Struct, frozen=True, array_like=True, tag="uses"):
    """Show from now on, or no longer, what processes use without a descriptor: places, program, mapped files."""

    wanted: bool


class Prefer(Struct, frozen=True, array_like=True, tag="prefer"):
    """Read some processes before all others while the first picture is put together: at most 256, the first first."""

    pids: tuple[Pid, ...]


Request = Next | Pace | Inspect | Options | Locate | Terminals | Uses | Prefer
