"""What sockscope ought to say of a world: the model, by pid and number."""

from collections.abc import Callable, Iterable

from tests.worlds.model import Entry, Epoll, File, Model, Place, Row, Socket, Terminal, Thing

Places = frozenset[Place]
Registration = tuple[int, int, int, str, Places]
"""Number, events, user data, status, and who holds the watched file."""
OPPOSITE = {"r": {"w", "rw"}, "w": {"r", "rw"}, "rw": {"r", "w", "rw"}}


class Truth:
    """The truth of one moment."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rows: dict[int, Row] = {row.pid: row for row in model.living()}
        self.places: dict[Place, Entry] = model.places()
        self.of_thing: dict[Thing, set[Place]] = {}
        self.of_file: dict[File, set[Place]] = {}
        for place, entry in self.places.items():
            self.of_thing.setdefault(entry.file.thing, set()).add(place)
            self.of_file.setdefault(entry.file, set()).add(place)
        self.inhabited = {row.netns for row in model.living()}

    def label(self, place: Place) -> str:
        entry = self.places.get(place)
        what = entry.file.thing.name if entry else "?"
        return f"{self.rows[place[0]].name}({place[0]}):{place[1]} {what}"

    def ends(self, place: Place) -> set[Places]:
        """Who is at the other ends of a descriptor; ends that nobody holds are left out."""
        find = ENDS.get(self.places[place].file.thing.kind)
        return {frozenset(found) for found in find(self, place) if found} if find else set()

    def siblings(self, one: Socket) -> set[Places]:
        """Who holds the other listeners at the address of one."""
        return {
            frozenset(self.of_thing[other])
            for other in self.of_thing
            if isinstance(other, Socket) and other is not one and other.siblings == one.siblings
        }

    def registrations(self, epoll: Epoll) -> list[Registration]:
        return sorted(
            ((fd, events, data, self.status(epoll, fd, file), frozenset(self.of_file.get(file, ())))
             for (fd, file), (events, data) in epoll.registrations.items()),
            key=lambda one: (*one[:4], sorted(one[4])),
        )  # fmt: skip

    def status(self, epoll: Epoll, fd: int, file: File) -> str:
        """Tell what the number of a registration means now."""
        if file not in self.of_file:
            return "closed"
        under = (self.places.get((pid, fd)) for pid, _ in self.of_thing.get(epoll, ()))
        return "live" if any(entry is not None and entry.file is file for entry in under) else "moved"

    def watchers(self, place: Place) -> set[tuple[Places, int]]:
        """Who holds the epolls that watch a descriptor's file, and under which number."""
        file = self.places[place].file
        return {
            (frozenset(self.of_thing[epoll]), fd)
            for epoll in self.of_thing
            if isinstance(epoll, Epoll)
            for fd, watched in epoll.registrations
            if watched is file
        }


def _of_pipe(truth: Truth, place: Place) -> Iterable[set[Place]]:
    file = truth.places[place].file
    others = truth.of_thing[file.thing] - {place}
    yield {one for one in others if truth.places[one].file.access in OPPOSITE.get(file.access, ())}


def _of_terminal(truth: Truth, place: Place) -> Iterable[set[Place]]:
    thing = truth.places[place].file.thing
    if isinstance(thing, Terminal) and not thing.closed and thing.other is not None:
        yield truth.of_thing.get(thing.other, set())


def _of_socket(truth: Truth, place: Place) -> Iterable[set[Place]]:
    thing = truth.places[place].file.thing
    if isinstance(thing, Socket):
        ends = {thing.peer, thing.sends_to}
        ends |= {one for one in truth.of_thing if isinstance(one, Socket) and one.sends_to is thing}
        for end in ends:
            if end is not None and end.alive:
                yield truth.of_thing.get(end, set())


ENDS: dict[str, Callable[[Truth, Place], Iterable[set[Place]]]] = {
    "pipe": _of_pipe,
    "fifo": _of_pipe,
    "tty": _of_terminal,
    "pty-master": _of_terminal,
    "socket": _of_socket,
}
"""How the other ends are found, by kind. Kinds that connect nobody are left out."""
