"""Records of sums: how many of what some processes have, against the limits."""

from msgspec import Struct

from sockscope.abi.strings import Clean


class KindSumRecord(Struct, frozen=True):
    """Descriptors of one kind, sockets by their protocol."""

    label: str
    count: int
    states: dict[str, int]


class ProcessCountRecord(Struct, frozen=True):
    """A process, and how many descriptors it is about."""

    pid: int
    comm: Clean
    count: int
    limit: int | None = None
    """How many it may have, where that is what is told."""


class SumsRecord(Struct, frozen=True):
    """How many of what some processes have open."""

    processes: int
    descriptors: int
    unread: int
    limit: int | None
    kinds: list[KindSumRecord]
    states: dict[str, int]
    remotes: dict[str, int]
    services: dict[str, int]
    clients: list[ProcessCountRecord]
    near_limit: list[ProcessCountRecord]


class UserSumRecord(Struct, frozen=True):
    """What one user has, against what each user may have."""

    uid: int
    user: Clean
    processes: int
    descriptors: int
    inotify_instances: int
    inotify_instances_limit: int | None
    inotify_watches: int
    inotify_watches_limit: int | None


class GroupSumRecord(Struct, frozen=True):
    """What one process group has."""

    pgid: int
    leader: str
    sums: SumsRecord
