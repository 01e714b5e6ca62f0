"""Network namespaces with the names a user knows them by."""

import os
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean, clean_str, ours
from sockscope.collect.processes.answering import SILENT
from sockscope.collect.sockets.netspaces import Keeper, Keepers, NetNamespace
from sockscope.model.netns import NetworkNamespace, Origin
from sockscope.model.process import Process
from sockscope.model.socket import Source

NO_KEEPERS: Keepers = MappingProxyType({})

_RUNTIMES = (
    (re.compile(r"(docker|libpod|crio|cri-containerd|containerd)-(?:conmon-)?([0-9a-f]{12})[0-9a-f]*\.scope"), ""),
    (re.compile(r"/(docker|podman|containerd)/([0-9a-f]{12})[0-9a-f]*"), ""),
    (re.compile(r"/(kubepods)[^/]*/(?:.*/)?pod([0-9a-f-]{8,})"), "kubernetes pod"),
    (re.compile(r"/(lxc\.payload|lxc)[./]([^/]+)"), "lxc"),
    (re.compile(r"/(machine)-([^/]+)\.scope"), "machine"),
)
"""How container runtimes name their cgroups: runtime and container, and what the runtime is called instead."""


def container_name(cgroup: Clean) -> Clean:
    """Name the container whose cgroup this is (`docker 1a2b3c4d5e6f`), "" for one of no container we know."""
    for pattern, called in _RUNTIMES:
        found = pattern.search(cgroup)
        if found is not None:
            return ours("{} {}", clean_str(called or found[1]), clean_str(found[2]))
    return NOTHING


class NamespaceNames:
    """Choose names and ways in for the network namespaces of a picture."""

    def __init__(self, home: int) -> None:
        """Treat `home`, our own namespace, as the host's where that of pid 1 is hidden."""
        self._home = home

    def survey(
        self, processes: Iterable[Process], pins: Mapping[int, Clean], kept: Keepers = NO_KEEPERS
    ) -> dict[int, list[Process]]:
        """Sort processes by namespace, our own first; those without a process come last and empty.

        Args:
            processes: all of them.
            pins: namespaces that are mounted on files.
            kept: namespaces that descriptors lead to, or that a thread lives in.
        """
        found: dict[int, list[Process]] = {self._home: []}
        for process in processes:
            if process.netns and not process.kernel_thread:
                found.setdefault(process.netns, []).append(process)
        for inode in (*pins, *kept):
            found.setdefault(inode, [])
        return found

    def ways_in(
        self, survey: Mapping[int, list[Process]], pins: Mapping[int, Clean], kept: Keepers = NO_KEEPERS
    ) -> list[NetNamespace]:
        """Choose a process to enter each namespace through, else the file it is mounted on, else a descriptor of it."""
        return [
            NetNamespace(
                inode, self._door(inode, members, kept.get(inode, ())), pins.get(inode, NOTHING), kept.get(inode, ())
            )
            for inode, members in survey.items()
        ]

    def describe(
        self,
        survey: Mapping[int, list[Process]],
        pins: Mapping[int, Clean],
        sources: Mapping[int, tuple[Source, Clean]],
        kept: Keepers = NO_KEEPERS,
    ) -> tuple[NetworkNamespace, ...]:
        """Name each namespace; `sources` says what described its sockets, and why not more."""
        host = next(
            (inode for inode, members in survey.items() if any(process.pid == 1 for process in members)), self._home
        )
        return tuple(
            self._describe(
                inode,
                members,
                pins.get(inode, NOTHING),
                inode == host,
                sources.get(inode, ("", NOTHING)),
                next(iter(kept.get(inode, ())), None),
            )
            for inode, members in survey.items()
        )

    def _describe(
        self,
        inode: int,
        members: list[Process],
        pin: Clean,
        is_host: bool,  # noqa: FBT001 - one private caller
        source: tuple[Source, Clean],
        keeper: Keeper | None,
    ) -> NetworkNamespace:
        first = leader(members) if members else None
        container = container_name(first.cgroup) if first else NOTHING
        origin: Origin
        if is_host:
            name, origin = ours("host"), "host"
        elif pin:
            name, origin = pin.rpartition("/")[2], "pinned"
        elif container:
            name, origin = container, "container"
        elif first:
            name, origin = ours("netns of {} {}", first.comm, first.pid), "process"
        elif keeper is not None and keeper.mount_point:
            name, origin = clean(keeper.mount_point.rpartition(b"/")[2]), "pinned"
        elif keeper is not None:
            name, origin = ours("netns of {}", keeper.words), "thread" if keeper.tid else "descriptor"
        else:
            name, origin = ours("our own"), "process"
        reason = kept_by(len(members), pin, keeper)
        return NetworkNamespace(inode, name, origin, first.pid if first else 0, len(members), pin, *source, reason)

    def _door(self, inode: int, members: list[Process], keepers: tuple[Keeper, ...]) -> int:
        """Choose the process to enter a namespace through: ourselves, or one that may be read, longest-lived first.

        Else the thread that lives there alone: the kernel has a directory for it below /proc, which it does not list.
        """
        if inode == self._home:
            return os.getpid()
        willing = [process for process in members if process.denied != SILENT]
        readable = [process for process in willing if not process.denied]
        return leader(readable or willing).pid if willing else next((one.tid for one in keepers if one.tid), 0)


def kept_by(processes: int, pin: Clean, keeper: Keeper | None) -> Clean:
    """Say why a namespace is still there: who lives in it, where it is mounted, else by which descriptor."""
    lives = ours("1 process" if processes == 1 else "{} processes", processes) if processes else NOTHING
    mounted = ours("mounted on {}", pin) if pin else NOTHING
    opened = ours("kept by {}", keeper.words) if keeper and not (lives or mounted) else NOTHING
    return ours(", ").join([reason for reason in (lives, mounted, opened) if reason])


def leader(members: list[Process]) -> Process:
    """Return the process that has lived longest: a container's init, a unit's main process."""
    return min(members, key=lambda process: (process.start, process.pid))
