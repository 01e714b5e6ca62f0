"""Network namespaces with the names a user knows them by."""

import os
import re
from collections.abc import Iterable, Mapping

from sockscope.collect.answering import SILENT
from sockscope.collect.netspaces import NetNamespace
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process

_RUNTIMES = (
    (re.compile(r"(docker|libpod|crio|cri-containerd|containerd)-(?:conmon-)?([0-9a-f]{12})[0-9a-f]*\.scope"), ""),
    (re.compile(r"/(docker|podman|containerd)/([0-9a-f]{12})[0-9a-f]*"), ""),
    (re.compile(r"/(kubepods)[^/]*/(?:.*/)?pod([0-9a-f-]{8,})"), "kubernetes pod"),
    (re.compile(r"/(lxc\.payload|lxc)[./]([^/]+)"), "lxc"),
    (re.compile(r"/(machine)-([^/]+)\.scope"), "machine"),
)
"""How container runtimes name their cgroups: runtime and container, and what the runtime is called instead."""


def container_name(cgroup: str) -> str:
    """Name the container whose cgroup this is (`docker 1a2b3c4d5e6f`), "" for one of no container we know."""
    for pattern, called in _RUNTIMES:
        found = pattern.search(cgroup)
        if found is not None:
            return f"{called or found[1]} {found[2]}"
    return ""


class NamespaceNames:
    """Choose names and ways in for the network namespaces of a picture."""

    def __init__(self, home: int) -> None:
        """Treat `home`, our own namespace, as the host's where that of pid 1 is hidden."""
        self._home = home

    def survey(self, processes: Iterable[Process], pins: Mapping[int, str]) -> dict[int, list[Process]]:
        """Sort processes by namespace, our own first; mounted namespaces without a process come last and empty."""
        found: dict[int, list[Process]] = {self._home: []}
        for process in processes:
            if process.netns and not process.kernel_thread:
                found.setdefault(process.netns, []).append(process)
        for inode in pins:
            found.setdefault(inode, [])
        return found

    def ways_in(self, survey: Mapping[int, list[Process]], pins: Mapping[int, str]) -> list[NetNamespace]:
        """Choose a process to enter each namespace through, the file it is mounted on where there is none."""
        return [
            NetNamespace(inode, self._door(inode, members), pins.get(inode, "")) for inode, members in survey.items()
        ]

    def describe(
        self, survey: Mapping[int, list[Process]], pins: Mapping[int, str], sources: Mapping[int, tuple[str, str]]
    ) -> tuple[NetworkNamespace, ...]:
        """Name each namespace; `sources` says what described its sockets, and why not more."""
        host = next(
            (inode for inode, members in survey.items() if any(process.pid == 1 for process in members)), self._home
        )
        return tuple(
            self._describe(inode, members, pins.get(inode, ""), inode == host, sources.get(inode, ("", "")))
            for inode, members in survey.items()
        )

    def _describe(
        self,
        inode: int,
        members: list[Process],
        pin: str,
        is_host: bool,  # noqa: FBT001 - one private caller
        source: tuple[str, str],
    ) -> NetworkNamespace:
        first = leader(members) if members else None
        container = container_name(first.cgroup) if first else ""
        if is_host:
            name, origin = "host", "host"
        elif pin:
            name, origin = os.path.basename(pin), "pinned"
        elif container:
            name, origin = container, "container"
        elif first:
            name, origin = f"netns of {first.comm} {first.pid}", "process"
        else:
            name, origin = "our own", "process"
        return NetworkNamespace(inode, name, origin, first.pid if first else 0, len(members), pin, *source)

    def _door(self, inode: int, members: list[Process]) -> int:
        """Choose the process to enter a namespace through: ourselves, or one that may be read, longest-lived first."""
        if inode == self._home:
            return os.getpid()
        willing = [process for process in members if process.denied != SILENT]
        readable = [process for process in willing if not process.denied]
        return leader(readable or willing).pid if willing else 0


def leader(members: list[Process]) -> Process:
    """Return the process that has lived longest: a container's init, a unit's main process."""
    return min(members, key=lambda process: (process.start, process.pid))
