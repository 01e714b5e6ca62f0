"""How many of what: descriptors by kind, state, remote address and who is at the other end, against the limits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct, field

from sockscope.abi.strings import Clean
from sockscope.kinds.words import entries
from sockscope.model.address import InternetAddress
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.describe import kind_label
from sockscope.world.pace import cpu_percent, growth
from sockscope.world.relations.peers import socket_peers
from sockscope.world.world import World

Wanted = Callable[[Process, Descriptor], bool]
NEAR = 0.8
"""Share of a limit from which a process is said to be near it."""
MAX_ASKED = 20_000
"""Sockets whose other ends are looked for."""


class KindSum(Struct):
    """Descriptors of one kind, sockets by their protocol."""

    label: str
    count: int = 0
    states: Counter[str] = field(default_factory=Counter)
    """Of sockets that have a state."""


class Sums(Struct):
    """Of some processes."""

    processes: int = 0
    descriptors: int = 0
    """As the kernel counts them: of a table that could not be read, too."""
    unread: int = 0
    """Descriptors of which only the number is known."""
    limit: int = -1
    """RLIMIT_NOFILE of a single process; -1 where it is unknown, or there are several."""
    kinds: list[KindSum] = field(default_factory=list)
    """The most first."""
    remotes: Counter[str] = field(default_factory=Counter)
    """Connections by remote address, without the port."""
    services: Counter[str] = field(default_factory=Counter)
    """Connections that came in, by the port that is listened at (inferred): `tcp:443`."""
    clients: Counter[ProcessKey] = field(default_factory=Counter)
    """Descriptors of processes at the other end of a socket."""
    near: list[Process] = field(default_factory=list)
    """Processes near their limit, the nearest first."""


class UserSum(Struct, frozen=True):
    """What one user has, against what each user may have."""

    uid: int
    user: Clean
    processes: int
    descriptors: int
    inotify_instances: int
    inotify_watches: int


def sums(world: World, keys: Iterable[ProcessKey], wanted: Wanted | None = None, *, ends: bool = True) -> Sums:
    """Count what some processes have open, of it only what is `wanted` where that is said.

    A descriptor is counted for each table that it is in. Whose are the other `ends` takes a few µs for each socket.
    """
    found = Sums()
    kinds: dict[str, KindSum] = {}
    objects: dict[int, int] = {}
    processes = [process for key in dict.fromkeys(keys) if (process := world.processes.get(key)) is not None]
    found.processes = len(processes)
    for key in one_of_each_table(world, [process.key for process in processes]):
        process = world.processes[key]
        table = world.tables.get(process.key, {})
        # A number below 0 is no descriptor: what a process uses without one.
        listed = [one for fd, one in table.items() if fd >= 0 and (wanted is None or wanted(process, one))]
        unread = max(process.fd_count - len(listed), 0) if process.denied else process.unread
        unread = unread if wanted is None else 0
        found.descriptors += len(listed) + unread
        found.unread += unread
        for descriptor in listed:
            label = kind_label(world, descriptor)
            kind = kinds.setdefault(label, KindSum(label))
            kind.count += 1
            socket = world.socket_of(descriptor)
            if socket is not None:
                if socket.state:
                    kind.states[socket.state] += 1
                objects[socket.key] = objects.get(socket.key, 0) + 1
    found.kinds = sorted(kinds.values(), key=lambda kind: (-kind.count, kind.label))
    found.limit = processes[0].fd_limit if len(processes) == 1 else -1
    found.near = sorted(filter(is_near, processes), key=lambda one: (-one.fd_count / one.fd_limit, one.pid))
    if ends:
        _count_ends(world, objects, {process.key for process in processes}, found)
    return found


def one_of_each_table(world: World, keys: Iterable[ProcessKey]) -> Iterator[ProcessKey]:
    """Yield processes, and of those who share a descriptor table the first."""
    seen: set[int] = set()
    for key in keys:
        process = world.processes.get(key)
        owner = key.pid if process is None else process.table_of or key.pid
        if owner not in seen:
            seen.add(owner)
            yield key


def cpu_of_all(world: World, keys: Iterable[ProcessKey]) -> int | None:
    """Return the processor time of several processes together; None where it is known of none."""
    return _sum(cpu_percent(world, key) for key in keys)


def growth_of_all(world: World, keys: Iterable[ProcessKey]) -> int | None:
    """Return the growth of several processes together, of a table that several share once; None if known of none."""
    return _sum(growth(world, key) for key in one_of_each_table(world, keys))


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def is_near(process: Process) -> bool:
    """Whether a process may soon be refused another descriptor."""
    return process.fd_limit > 0 and process.fd_count >= NEAR * process.fd_limit


def _count_ends(world: World, objects: Mapping[int, int], own: set[ProcessKey], found: Sums) -> None:
    services = _services(world)
    # Many sockets may be connected to one that many descriptors hold: those are gone through once.
    held: dict[int, tuple[DescriptorKey, ...]] = {}
    counts: Counter[int] = Counter()
    for number, (key, count) in enumerate(objects.items()):
        socket = world.sockets[key]
        service = _service(socket)
        if service in services and not socket.listening and socket.remote is not None:
            found.services[service] += count
        if isinstance(socket.remote, InternetAddress) and socket.remote.port:
            found.remotes[socket.remote_text.rpartition(":")[0]] += count
        if number < MAX_ASKED:
            for peer in socket_peers(world, socket):
                held[peer.ino] = peer.holders  # one without an inode has none
                counts[peer.ino] += count
    for ino, holders in held.items():
        found.clients.update(dict.fromkeys({one.process for one in holders} - own, counts[ino]))


def _services(world: World) -> set[str]:
    return {_service(socket) for socket in world.sockets.values() if socket.listening} - {""}


def _service(socket: Socket) -> str:
    return f"{socket.label}:{socket.local.port}" if isinstance(socket.local, InternetAddress) else ""


def user_sums(world: World, processes: Iterable[Process]) -> list[UserSum]:
    """Count what each user has in some processes, those with the most descriptors first.

    The kernel charges an inotify instance to the user who made it; here it is counted for whoever holds it, once for
    each user.
    """
    users: dict[int, list[Process]] = {}
    for process in processes:
        if not process.kernel_thread:
            users.setdefault(process.uid, []).append(process)
    found = [_user(world, uid, own) for uid, own in users.items()]
    return sorted(found, key=lambda one: (-one.descriptors, one.uid))


def _user(world: World, uid: int, processes: list[Process]) -> UserSum:
    watches: dict[str, int] = {}
    descriptors = 0
    for key in one_of_each_table(world, [process.key for process in processes]):
        process = world.processes[key]
        table = world.tables.get(process.key, {})
        descriptors += max(process.fd_count, 0) if process.denied else world.open_count(key) + process.unread
        for descriptor in table.values():
            if descriptor.kind == "inotify":
                watches[descriptor.object] = len(entries(descriptor.fields or {}, "watches") or ())
    return UserSum(uid, processes[0].user, len(processes), descriptors, len(watches), sum(watches.values()))
