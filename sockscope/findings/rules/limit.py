"""Limits that are nearly reached: descriptors of a process, open files, inotify of a user, ports to one destination."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sockscope.findings.finding import Finding, Subject, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.kinds.words import entries
from sockscope.model.address import InternetAddress
from sockscope.model.confidence import Confidence
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.index.of_kind import INOTIFY
from sockscope.world.sums import NEAR, is_near

NAME = "limit"
MOST = 8
"""Subjects that are named."""


def _find(look: Look) -> Iterable[Finding]:
    yield from _descriptors(look)
    yield from _open_files(look)
    yield from _inotify(look)
    yield from _ports(look)


def _descriptors(look: Look) -> Iterator[Finding]:
    for key, process in look.world.processes.items():
        if is_near(process) and not process.table_of:
            used = f"{process.fd_count:,} of {process.fd_limit:,} descriptors"
            yield _finding(look, f"{key.pid}.{key.start}", (key,), f"{look.name(key)} has {used} that it may have",
                           (f"{used} (RLIMIT_NOFILE of /proc/{key.pid}/limits)",))  # fmt: skip


def _open_files(look: Look) -> Iterator[Finding]:
    limits = look.world.limits
    if 0 < limits.open_files_limit * NEAR <= limits.open_files:
        most = sorted(look.world.processes.values(), key=lambda process: -process.fd_count)[:MOST]
        yield _finding(
            look,
            "file-max",
            tuple(process.key for process in most),
            f"the machine has {limits.open_files:,} of {limits.open_files_limit:,} open files that it may have",
            tuple(f"{look.title(process.key)}: {process.fd_count:,}" for process in most),
        )


def _inotify(look: Look) -> Iterator[Finding]:
    """Count instances and watches of each user, by who holds an instance first: the kernel charges whoever made it."""
    instances: dict[int, dict[str, DescriptorKey]] = {}
    for key in look.world.entered(INOTIFY, "inotify"):
        descriptor, process = look.descriptor(key), look.world.processes.get(key.process)
        if descriptor is not None and process is not None:
            instances.setdefault(process.uid, {}).setdefault(descriptor.object, key)
    limits = look.world.limits
    for uid, held in instances.items():
        keys = list(held.values())
        yield from _of_user(look, uid, Counter(dict.fromkeys(keys, 1)), "inotify instances", limits.inotify_instances)
        watches = Counter({key: _watches(look, key) for key in keys})
        yield from _of_user(look, uid, watches, "inotify watches", limits.inotify_watches)


def _watches(look: Look, key: DescriptorKey) -> int:
    descriptor = look.descriptor(key)
    return 0 if descriptor is None else len(entries(descriptor.fields or {}, "watches") or ())


def _of_user(look: Look, uid: int, held: Counter[DescriptorKey], what: str, limit: int) -> Iterator[Finding]:
    count = held.total()
    if not 0 < limit * NEAR <= count:
        return
    by_process: Counter[ProcessKey] = Counter()
    for key, number in held.items():
        by_process[key.process] += number
    first = next(iter(held)).process
    name = look.world.processes[first].user or str(uid)
    yield _finding(
        look,
        f"{what.replace(' ', '-')}.{uid}",
        tuple(key for key, _ in held.most_common(MOST)),
        f"user {name} has {count:,} of {limit:,} {what} that each user may have",
        tuple(f"{look.title(key)}: {number:,}" for key, number in by_process.most_common(MOST)),
        "inferred",
    )


def _ports(look: Look) -> Iterator[Finding]:
    """Count connections to one destination from one address of ours: each needs a port of its own."""
    first, last = look.world.limits.local_ports
    fewest = (last - first + 1) * NEAR
    home = next(iter(look.world.namespaces), 0)
    # On most machines there are not so many sockets at all.
    if not first or not home or len(look.world.sockets) < fewest:
        return
    used: dict[tuple[bytes, bytes, int], list[Socket]] = {}
    for socket in look.world.sockets.values():
        local, remote = socket.local, socket.remote
        if socket.netns != home or socket.protocol != "tcp" or not isinstance(local, InternetAddress):
            continue
        if isinstance(remote, InternetAddress) and first <= local.port <= last:
            used.setdefault((local.host, remote.host, remote.port), []).append(socket)
    for sockets in used.values():
        if len(sockets) >= fewest:
            yield _to_one_destination(look, sockets, last - first + 1)


def _to_one_destination(look: Look, sockets: list[Socket], most: int) -> Finding:
    owners: Counter[ProcessKey] = Counter()
    slots: list[DescriptorKey] = []
    for socket in sockets:
        holders = look.world.socket_holders(socket.ino) if socket.ino else ()
        owners.update({holders[0].process: 1} if holders else {})
        slots.extend(holders[:1] if len(slots) < MOST else ())
    unheld = len(sockets) - owners.total()
    where = sockets[0].remote_text
    return _finding(
        look,
        f"ports.{sockets[0].netns}.{where}",
        tuple(slots),
        f"{len(sockets):,} of {most:,} local ports are in use for {where}",
        (
            *(f"{look.title(key)}: {number:,}" for key, number in owners.most_common(MOST)),
            *([f"closed and not forgotten yet (TIME_WAIT and the like): {unheld:,}"] if unheld else ()),
        ),
    )


def _finding(
    look: Look,
    about: str,
    subjects: tuple[Subject, ...],
    said: str,
    evidence: tuple[str, ...],
    confidence: Confidence = "proven",
) -> Finding:
    return Finding(
        rule=NAME,
        severity="suspect",
        confidence=confidence,
        id=finding_id(NAME, about),
        subjects=subjects,
        sentence=said,
        evidence=evidence,
        refuted_by="that it never needs more than it has now",
        since=look.held(NAME, about).since,
    )


RULE = Rule(NAME, "a limit that is nearly reached", _find)
