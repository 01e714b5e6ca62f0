"""What is true of a world: who holds which open file, which files lead to one thing, what each epoll watches.

Nothing in it is read from /proc: operations keep account of what they have done.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

Place = tuple[int, int]
"""(pid, fd)."""


@dataclass(eq=False)
class Thing:
    """A kernel object: what two open files may have in common."""

    name: str
    kind: str
    """As sockscope calls it."""
    ino: int = 0
    """0 where the kernel's number says nothing."""


@dataclass(eq=False)
class File:
    """An open file description."""

    thing: Thing
    access: str


@dataclass(eq=False)
class Socket(Thing):
    """A socket, with what is known of its other end."""

    family: str = ""
    type: str = ""
    netns: int = 0
    peer: "Socket | None" = None
    sends_to: "Socket | None" = None
    """Where a datagram socket sends, one way."""
    address: str | tuple[str, int] = ""
    reachable: bool = False
    listening: bool = False
    queue: list["Socket"] = field(default_factory=list)
    """Clients that nobody has accepted."""
    inbox: list[list[File]] = field(default_factory=list)
    """Open files in flight, a list for each message."""
    siblings: str = ""
    """What it shares its address with."""
    shut: set[str] = field(default_factory=set)
    """Which of `send` and `receive` are shut down."""
    held: bool = False
    """Whether anybody has ever held it: one in an accept queue is alive all the same."""
    alive: bool = True
    reset: bool = False

    def number(self) -> int:
        """Return its type as socket(2) takes it."""
        kinds = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM, "seqpacket": socket.SOCK_SEQPACKET}
        return int(kinds[self.type])


@dataclass(eq=False)
class Epoll(Thing):
    """An epoll instance."""

    registrations: dict[tuple[int, File], tuple[int, int]] = field(default_factory=dict)
    """(number, open file) to events and data."""


@dataclass(eq=False)
class Terminal(Thing):
    """A pseudoterminal's slave, or its master."""

    other: "Terminal | None" = None
    path: str = ""
    closed: bool = False
    """Its master is closed for good."""
    foreground: int = 0


@dataclass
class Entry:
    """One number of a table."""

    file: File
    cloexec: bool


Table = dict[int, Entry]
NEXT = "next"
"""What stands for the first process of a pid namespace before that is there."""


@dataclass(eq=False)
class Row:
    """A process, or a thread with a table of its own."""

    name: str
    pid: int
    channel: socket.socket
    table: Table
    parent: "Row | None" = None
    thread_of: str = ""
    pgid: int = 0
    sid: int = 0
    tty: Terminal | None = None
    netns: int = 0
    alive: bool = True
    pidns: str = ""
    """The first process of the pid namespace that it lives in, "" for ours."""
    children_in: str = ""
    """Of the one that its children live in; `NEXT` while there is none of them yet."""


class Model:
    """All rows and things of a world."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.things: dict[str, Thing] = {}

    def living(self) -> list[Row]:
        return [row for row in self.rows.values() if row.alive]

    def processes(self) -> list[Row]:
        return [row for row in self.living() if not row.thread_of]

    def has_threads(self, row: Row) -> bool:
        return any(one.thread_of == row.name for one in self.living())

    def sharing(self, row: Row) -> bool:
        """Tell whether a process has its table together with another."""
        return any(one is not row and one.table is row.table for one in self.living())

    def places(self) -> dict[Place, Entry]:
        return {(row.pid, fd): entry for row in self.living() for fd, entry in row.table.items()}

    def file(self, row: str, fd: int) -> File | None:
        """Return what a row has under a number, None where that is nothing or the row is gone."""
        found = self.rows.get(row)
        entry = found.table.get(fd) if found is not None and found.alive else None
        return entry.file if entry is not None else None

    def thing(self, row: str, fd: int) -> Thing | None:
        found = self.file(row, fd)
        return found.thing if found is not None else None

    def open_files(self) -> set[File]:
        """Open files that something keeps: a table, or a message that somebody can still read."""
        found: set[File] = set()
        todo = [entry.file for row in self.living() for entry in row.table.values()]
        while todo:
            file = todo.pop()
            if file not in found:
                found.add(file)
                if isinstance(file.thing, Socket):
                    todo += [sent for message in file.thing.inbox for sent in message]
        return found

    def settle(self) -> None:
        """Let go of what nothing holds any more, and of what that has held."""
        while any(list(self._ended())):
            pass

    def _ended(self) -> Iterator[bool]:
        files = self.open_files()
        things = {file.thing for file in files}
        for thing in self.things.values():
            if isinstance(thing, Epoll):
                for key in [key for key in thing.registrations if key[1] not in files]:
                    del thing.registrations[key]
            elif isinstance(thing, Socket) and thing.alive and thing.held and thing not in things:
                yield self._close(thing)
            elif (
                isinstance(thing, Terminal) and thing.kind == "pty-master" and not thing.closed and thing not in things
            ):
                yield self._hang_up(thing)

    def _close(self, one: Socket) -> bool:
        one.alive = one.listening = one.reachable = False
        one.inbox = []
        for client in one.queue:
            client.reset = True
        one.queue = []
        return True

    def _hang_up(self, master: Terminal) -> bool:
        master.closed = True
        if master.other is not None:
            master.other.closed = True
            for row in self.living():
                if row.tty is master.other:
                    row.tty = None
        return True
