"""What a side is asked for again and again, looked up once."""

from sockscope.abi.strings import Clean
from sockscope.compare.side import SeenDescriptor, SeenProcess, SeenSocket, Side

LISTEN = "LISTEN"
_LOOKER = "sudo"
"""What may stand between a shell and who looks, and is no more part of what is looked at than he."""


class Index:
    """A side with its indexes.

    Kernel threads are left out, who looked, and who has ended and is only to be waited for by init: they would differ
    each time, and nobody has done anything.
    """

    def __init__(self, side: Side) -> None:
        """Look everything up."""
        self.side = side
        processes = {one.pid: one for one in side.processes if not (one.kernel_thread or _orphan(one))}
        for pid in _lookers(side, processes):
            processes.pop(pid, None)
        self.processes: dict[int, SeenProcess] = processes
        self.tables: dict[int, dict[int, SeenDescriptor]] = {}
        """Descriptors by process and number."""
        self.holders: dict[int, SeenProcess] = {}
        """Of each socket that a descriptor leads to, by inode: the holder with the lowest pid."""
        held = set()
        for one in side.descriptors:
            if one.kind == "socket" and one.ino is not None:
                held.add(one.ino)
            process = processes.get(one.pid)
            if process is None:
                continue
            self.tables.setdefault(one.pid, {})[one.fd] = one
            if one.kind == "socket" and one.ino is not None:
                known = self.holders.get(one.ino)
                if known is None or process.pid < known.pid:
                    self.holders[one.ino] = process
        self.sockets = {one.ino: one for one in side.sockets if one.ino}
        self.unheld = [one for one in side.sockets if one.ino not in held]
        self.served: set[tuple[Clean, Clean, int | None]] = set()
        """Protocol, port and namespace of each listener."""
        for socket in side.sockets:
            if socket.state == LISTEN:
                self.served.add((socket.label, socket.local.rpartition(":")[2], socket.netns))

    @property
    def maps(self) -> bool:
        """Whether what is used without a descriptor was listed."""
        return any(one.fd < 0 for one in self.side.descriptors)

    def socket_of(self, descriptor: SeenDescriptor) -> SeenSocket | None:
        """The socket behind a descriptor, None where there is none or nobody has described it."""
        return self.sockets.get(descriptor.ino) if descriptor.kind == "socket" and descriptor.ino else None

    def table(self, process: SeenProcess) -> dict[int, SeenDescriptor]:
        """Descriptors of a process by number."""
        return self.tables.get(process.pid, {})


def _orphan(process: SeenProcess) -> bool:
    return process.state == "Z" and process.ppid == 1


def _lookers(side: Side, processes: dict[int, SeenProcess]) -> set[int]:
    """Who looked, those that he started for it, and the `sudo` that he was started by."""
    looked = side.looked_by or 0
    if looked not in processes:
        return set()
    found = {looked}
    above = processes.get(processes[looked].ppid)
    while above is not None and above.comm == _LOOKER and above.pid not in found:
        found.add(above.pid)
        above = processes.get(above.ppid)
    # By age, whoever was started comes after who started him.
    ages = sorted(processes.values(), key=lambda one: (one.start_time or 0.0, one.pid))
    started = {looked}
    for one in ages:
        if one.ppid in started:
            started.add(one.pid)
    return found | started
