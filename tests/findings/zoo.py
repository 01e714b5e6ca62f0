"""Situations, sick ones and those that only look so, each a small world in which all is as it was for some looks."""

from typing import Any

from msgspec import Struct

from sockscope.model.coverage import Coverage
from sockscope.model.epoll import EpollInstance
from sockscope.model.limits import Limits
from sockscope.model.netns import NetworkNamespace
from tests.findings.looking import thread, waits
from tests.findings.test_close_wait import RUNS, connections
from tests.findings.test_deleted import log, mapped, program
from tests.findings.test_half_open import AWAY, HERE
from tests.findings.test_limit import PORTS, calls, instances
from tests.findings.test_lock import BOTH as BOTH_LOCK
from tests.findings.test_lock import CIRCLE, EACH, HELD, LOCKS, file, request
from tests.findings.test_lock import WAITS as LOCK_WAITS
from tests.findings.test_no_eof import LEAK, READS, SLEEPS
from tests.findings.test_port_taken import CHILD, SERVER
from tests.findings.test_port_taken import SLEEPS as CHILD_SLEEPS
from tests.findings.test_stuck import BOTH_EPOLL, BOTH_WRITE, EPOLL_PAIR, PAIR, PARENT, TCP, TWO_PIPES
from tests.world.build import (
    NETNS,
    descriptor,
    inet,
    pipe_fd,
    process,
    pty_fd,
    socket_fd,
    target,
    udp,
    unix,
    waiting,
)


class Situation(Struct, frozen=True, kw_only=True):
    """One world, what its threads wait in, and what is wrong there."""

    name: str
    things: tuple[Any, ...]
    waits: tuple[Any, ...] = ()
    found: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    """Rule, severity and the pids of its subjects, of each finding that is more than a note."""
    looks: int = 4
    apart: float = 1.0
    rest: dict[str, Any] = {}
    """What else its frame says."""


def of(name: str, *things: Any, **known: Any) -> Situation:
    """Name a situation."""
    rest = {key: known.pop(key) for key in ("coverage", "limits", "locks", "namespaces") if key in known}
    return Situation(name=name, things=things, rest=rest, **known)


def sick(rule: str, *pids: int, severity: str = "sick") -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Say what is found: one thing, about these."""
    return ((rule, severity, pids),)


def suspect(rule: str, *pids: int) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """As `sick`, where an explanation cannot be excluded."""
    return sick(rule, *pids, severity="suspect")


OWN_WRITER = (pipe_fd(10, 3, 1, "r"), pipe_fd(10, 4, 1, "w"))
CHILD_READS = (process(10), PARENT, pipe_fd(10, 4, 1, "w"), pipe_fd(11, 3, 1, "r"))
ONE_PIPE = (pipe_fd(10, 1, 1, "w"), pipe_fd(11, 0, 1, "r"))
QUEUE = (socket_fd(10, 5, 100), inet(100, "127.0.0.1:80", queue=3))
WATCHES = (descriptor(10, 7, "epoll", "epoll/1"), EpollInstance("epoll/1", (target(5, "socket:100"),)))
SHARED = (descriptor(10, 4, "epoll", "epoll/1"), descriptor(11, 4, "epoll", "epoll/1"), EpollInstance("epoll/1", ()))
LISTENS = (socket_fd(10, 5, 100), inet(100, "127.0.0.1:80"))
TWO_LOCKED = (file(10, 3, 7), pipe_fd(10, 4, 1, "w"), file(11, 3, 7), pipe_fd(11, 4, 1, "r"))
HOME = (NetworkNamespace(NETNS, "host", "host"),)
STOPPED = waits(11, "read", 0, halted="stopped")
EVENTS = tuple(descriptor(pid, 9, "eventfd", "eventfd/1") for pid in (10, 11))
"""One eventfd that two have: the kernel may signal it as well."""
THREE = tuple(pipe_fd(pid, fd, ino, access) for pid in (10, 11, 12)
              for fd, ino, access in ((3, pid, "w"), (4, 10 + (pid - 11) % 3, "r")))  # fmt: skip

SICK: tuple[Situation, ...] = (
    of("two write pipes", *TWO_PIPES, waits=BOTH_WRITE, found=sick("stuck", 10, 11)),
    of("two write a socketpair", *PAIR, waits=BOTH_WRITE, found=sick("stuck", 10, 11)),
    of("two write TCP", *TCP, waits=(waits(10, "sendto", 3), waits(11, "sendto", 3)), found=sick("stuck", 10, 11)),
    of("three write in a ring", *THREE, waits=tuple(waits(pid, "write", 3) for pid in (10, 11, 12)),
       found=sick("stuck", 10, 11, 12)),
    of("one writes and the other waits in an epoll", *PAIR, *EPOLL_PAIR[1:2], *EPOLL_PAIR[3:4],
       waits=(waits(10, "write", 3), waits(11, "epoll_wait", 5)), found=sick("stuck", 10, 11)),
    of("it reads what only it could write", *OWN_WRITER, waits=(waits(10, "read", 3),), found=sick("stuck", 10)),
    of("a thread behind a futex would write", *OWN_WRITER, found=sick("stuck", 10),
       waits=(waiting(10, thread(10, "read", 3), thread(12, "futex", manner="private")),)),
    of("a parent waits for a child that reads from it", *CHILD_READS, found=sick("stuck", 10, 11),
       waits=(waits(10, "wait4", child=-1), waits(11, "read", 3))),
    of("a parent waits for that child alone", *CHILD_READS, found=sick("stuck", 10, 11),
       waits=(waits(10, "waitid", child=11), waits(11, "read", 3))),
    of("a circle of two locks", *CIRCLE, waits=BOTH_LOCK, locks=EACH, found=sick("stuck", 10, 11)),
    of("a lock and a pipe", *TWO_LOCKED, locks=(request(11, (10, 3)),), found=sick("stuck", 10, 11),
       waits=(waits(10, "write", 4), waits(11, "flock", 3, manner="lock"))),
    of("a lock on what it has locked itself", file(10, 3), file(10, 4), locks=(request(10, (10, 3)),),
       waits=(waits(10, "flock", 4, manner="lock"),), found=sick("stuck", 10)),
    of("processes that could not be read may help", *TWO_PIPES, waits=BOTH_WRITE, found=suspect("stuck", 10, 11),
       coverage=Coverage(processes=9, unreadable_processes=2)),
    of("the reader is stopped", *ONE_PIPE, waits=(waits(10, "write", 1), STOPPED), found=sick("stopped", 11, 10)),
    of("who has the lock is stopped", *HELD, locks=LOCKS, found=sick("stopped", 10, 11),
       waits=(LOCK_WAITS[0], waits(10, "pause", halted="stopped"))),
    of("the other end is stopped", *PAIR, found=sick("stopped", 11, 10),
       waits=(waits(10, "recvfrom", 3), waits(11, "recvfrom", 3, halted="stopped"))),
    of("a stopped server", *QUEUE, waits=(waits(10, "epoll_wait", 7, halted="stopped"),), found=sick("backlog", 10)),
    of("a server that is blocked elsewhere", *QUEUE, waits=(waits(10, "recvfrom", 9),), found=sick("backlog", 10)),
    of("a server that does not wake", *QUEUE, *WATCHES, waits=(waits(10, "epoll_wait", 7),), found=sick("backlog", 10)),
    of("a server that sleeps for a while", *QUEUE, waits=(waits(10, "clock_nanosleep", timed=True),),
       found=suspect("backlog", 10)),
    of("a child keeps the port", *SERVER, *CHILD, waits=(waits(10, "futex"), CHILD_SLEEPS),
       found=suspect("port-taken", 11)),
    of("a child keeps a UDP port", process(10, comm="server"), socket_fd(10, 5, 100), udp(100, "0.0.0.0:53"), *CHILD,
       waits=(waits(10, "futex"), CHILD_SLEEPS), limits=Limits(local_ports=(32768, 60999)),
       found=suspect("port-taken", 11)),
    of("a write end has leaked", *LEAK, waits=(READS, SLEEPS), found=suspect("no-eof", 12, 11)),
    of("two write, and have an eventfd that neither waits on", *TWO_PIPES, EVENTS[0], EVENTS[1], waits=BOTH_WRITE,
       found=sick("stuck", 10, 11)),
    of("twenty that only the other end has closed", *connections(20), waits=RUNS, apart=30.0,
       found=suspect("close-wait", 10)),
    of("nearly all descriptors", process(10, fd_count=820, fd_limit=1024), found=suspect("limit", 10)),
    of("nearly all inotify instances", *instances(10, 9), limits=Limits(inotify_instances=10),
       found=suspect("limit", 10)),
    of("nearly all ports for one destination", *calls(9), limits=Limits(local_ports=PORTS), namespaces=HOME,
       found=suspect("limit", 10)),
    of("a removed log that goes on growing", log(10, 3), found=suspect("deleted", 10)),
    of("two wait in one epoll", *SHARED, waits=(waits(10, "epoll_wait", 4), waits(11, "epoll_wait", 4)),
       found=suspect("shared-epoll", 10, 11)),
    of("sent to nobody on this machine", socket_fd(10, 3, 100), inet(100, *HERE, send_q=9), apart=30.0,
       found=suspect("half-open", 10)),
)  # fmt: skip

LIVE: tuple[Situation, ...] = (
    of("two write, one with a timeout", *TWO_PIPES, waits=(waits(10, "write", 3), waits(11, "write", 3, timed=True))),
    of("two read an eventfd that only they have", process(10), process(11), *EVENTS,
       waits=(waits(10, "read", 9), waits(11, "read", 9))),
    of("one writes, and the other reads an eventfd", *ONE_PIPE, *EVENTS,
       waits=(waits(10, "write", 1), waits(11, "read", 9))),
    of("two write, one of them runs", *TWO_PIPES, waits=(waits(10, "write", 3), waiting(11, running=1))),
    of("two write, and another reads", *TWO_PIPES, pipe_fd(12, 4, 1, "r"), waits=(*BOTH_WRITE, waits(12, "accept", 9))),
    of("a pipeline behind a sleeper", *ONE_PIPE,
       waits=(waits(10, "write", 1), waits(11, "clock_nanosleep", timed=True))),
    of("a pipeline at rest", *ONE_PIPE, waits=(waits(10, "read", 9), waits(11, "read", 0))),
    of("both ends wait to be told something", *PAIR, waits=(waits(10, "read", 3), waits(11, "read", 3))),
    of("idle epolls", *EPOLL_PAIR, waits=BOTH_EPOLL),
    of("a FIFO with a name", pipe_fd(10, 3, 1, "rw", "fifo"), waits=(waits(10, "read", 3),)),
    of("a client of another machine", socket_fd(10, 3, 100), inet(100, *AWAY), waits=(waits(10, "recvfrom", 3),)),
    of("a shell and its job", process(10), process(11, ppid=10),
       waits=(waits(10, "wait4", child=-1), waits(11, "clock_nanosleep", timed=True))),
    of("a shell and its stopped job", process(10), process(11, ppid=10),
       waits=(waits(10, "wait4", child=-1), waits(11, "pause", halted="stopped"))),
    of("a terminal and its shell", pty_fd(10, 4, "pty-master", 1, 9), pty_fd(11, 0, "tty", 1, 9),
       waits=(waits(10, "read", 4), waits(11, "read", 0))),
    of("frozen with its cgroup", *ONE_PIPE, waits=(waits(10, "write", 1), waits(11, "read", 0, halted="frozen"))),
    of("looked at by a debugger", *ONE_PIPE, waits=(waits(10, "write", 1), waits(11, "read", 0, halted="traced"))),
    of("threads that rest", process(10),
       waits=(waiting(10, thread(10, "futex", manner="private"), thread(12, "rt_sigsuspend", manner="signal")),)),
    of("a second instance stands by", *HELD, locks=LOCKS, waits=LOCK_WAITS),
    of("a lock that is given up by a worker who runs", *HELD, locks=LOCKS,
       waits=(LOCK_WAITS[0], waiting(10, running=1))),
    of("a circle of locks that a third shares", *CIRCLE, file(12, 5, 7), waits=BOTH_LOCK,
       locks=(request(11, (10, 3), (12, 5)), EACH[1])),
    of("a server at rest", *LISTENS, waits=(waits(10, "accept4", 5),)),
    of("a server at rest in an epoll", *LISTENS, *WATCHES, waits=(waits(10, "epoll_wait", 7),)),
    of("a burst at a server that runs", *QUEUE, waits=(waiting(10, running=1),)),
    of("a burst at a server that accepts", *QUEUE, waits=(waits(10, "accept", 5),)),
    of("a prefork master and its workers", process(10, comm="server"), *LISTENS,
       process(11, ppid=10, comm="server"), socket_fd(11, 5, 100),
       waits=(waits(10, "rt_sigsuspend", manner="signal"), waits(11, "accept", 5))),
    of("socket activation", process(1, comm="systemd"), socket_fd(1, 5, 100), inet(100, "127.0.0.1:80"),
       process(11, ppid=1, comm="server"), socket_fd(11, 5, 100), waits=(waits(1, "epoll_wait", 4), CHILD_SLEEPS)),
    of("a resolver's port that a child has", process(10, comm="server"), socket_fd(10, 5, 100),
       udp(100, "0.0.0.0:40000"), *CHILD, waits=(waits(10, "futex"), CHILD_SLEEPS),
       limits=Limits(local_ports=(32768, 60999))),
    of("a few that only the other end has closed", *connections(5), waits=RUNS, apart=30.0),
    of("many that were closed just now", *connections(30), waits=RUNS),
    of("keep-alive at rest", socket_fd(10, 3, 100), inet(100, *AWAY), apart=30.0),
    of("a slow client", socket_fd(10, 3, 100), inet(100, *AWAY, send_q=900), apart=30.0),
    of("both ends on this machine", socket_fd(10, 3, 100), inet(100, *HERE), socket_fd(11, 3, 101),
       inet(101, *reversed(HERE)), apart=30.0),
    of("half of all descriptors", process(10, fd_count=512, fd_limit=1024)),
    of("a temporary file", log(10, 3, access="rw")),
    of("small files without a name", log(10, 3, 4096)),
    of("a library that was updated", mapped(10, "/usr/lib/x.so.1 (deleted)"), program(10, "/usr/bin/x")),
    of("a child that merely has an epoll", *SHARED, waits=(waits(10, "epoll_wait", 4), waits(11, "pause"))),
    of("messages that were not received", unix(100, recv_q=9), socket_fd(10, 3, 100), waits=(waits(10, "pause"),)),
)  # fmt: skip
