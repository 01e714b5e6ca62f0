"""Limits on descriptors, watches and ports: `/proc/PID/limits`, and files below `/proc/sys/fs` and `/proc/sys/net`."""

import re
from typing import TYPE_CHECKING

from sockscope.abi.strings import Raw
from sockscope.model.limits import Limits

if TYPE_CHECKING:
    from sockscope.kernel.procfs import Procfs

_NOFILE = re.compile(rb"^Max open files +(\d{1,19}) ", re.MULTILINE)
_NUMBER = re.compile(rb"\d{1,19}")


def parse_nofile(data: Raw) -> int:
    """Return how many descriptors a process may have (RLIMIT_NOFILE, soft), from its `limits`; -1 unknown."""
    found = _NOFILE.search(data)
    return int(found[1]) if found is not None else -1


def parse_numbers(data: Raw) -> list[int]:
    """Return the numbers of a file of `/proc/sys`."""
    return [int(word) for word in data.split() if _NUMBER.fullmatch(word)]


def read_limits(procfs: "Procfs") -> Limits:
    """Read the limits of the machine and of its users (`proc_sys_fs(5)`, `inotify(7)`).

    Ports are those of the network namespace of who reads (`ip_local_port_range` of ip(7)).
    `file-nr` has three numbers: files that are open, 0, and how many there may be.
    """
    files = _numbers(procfs, "sys/fs/file-nr")
    ports = _numbers(procfs, "sys/net/ipv4/ip_local_port_range")
    whole = len(files) == len(("open", "free", "most"))
    return Limits(
        open_files=files[0] if whole else -1,
        open_files_limit=files[2] if whole else -1,
        inotify_instances=_first(procfs, "sys/fs/inotify/max_user_instances"),
        inotify_watches=_first(procfs, "sys/fs/inotify/max_user_watches"),
        local_ports=(ports[0], ports[1]) if len(ports) == len(("first", "last")) else (0, 0),
    )


def _first(procfs: "Procfs", name: str) -> int:
    return next(iter(_numbers(procfs, name)), -1)


def _numbers(procfs: "Procfs", name: str) -> list[int]:
    try:
        return parse_numbers(procfs.read_system(name, 4096))
    except OSError:
        # A kernel without inotify has no such directory; a sandbox may hide it.
        return []
