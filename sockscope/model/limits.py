"""Limits of the whole machine and of each of its users."""

from msgspec import Struct


class Limits(Struct, frozen=True, array_like=True):
    """What the kernel allows, as read when looking; -1 where it could not be read."""

    open_files: int = -1
    """Open files of the whole machine, sockets and those that no descriptor leads to included."""
    open_files_limit: int = -1
    inotify_instances: int = -1
    """inotify instances that each user may have."""
    inotify_watches: int = -1
    """Watches that each user may have, over all instances."""
    local_ports: tuple[int, int] = (0, 0)
    """First and last port that connections out of our own network namespace get by themselves; (0, 0) unknown."""
