"""A process as its rows and panes show it."""

from typing import Literal

from msgspec import Struct

from sockscope.model.keys import ProcessKey

Disposition = Literal["caught", "ignored", "blocked", "default"]
"""What a process has arranged for a signal (`SigCgt`, `SigIgn`, `SigBlk` of `proc_pid_status(5)`)."""


class Process(Struct, frozen=True, array_like=True, gc=False):
    """One process, or one thread that has a descriptor table of its own (`thread_of` set)."""

    pid: int
    start: int
    """Clock ticks since boot (`proc_pid_stat(5)`, field 22)."""
    ppid: int
    pgid: int
    sid: int
    tty: str
    """Name of the controlling terminal without `/dev/` (`pts/1`), or "" without one."""
    tpgid: int
    """Foreground process group of the controlling terminal, -1 without one."""
    comm: str
    cmdline: tuple[str, ...]
    """Arguments, cleaned, cut to a bounded length; empty for kernel threads, zombies, and memory that is silent."""
    uid: int
    """Owner of `/proc/PID`: the effective uid of a dumpable process."""
    user: str
    state: str
    """One letter as ps shows it: R S D T t Z X I."""
    netns: int
    """Inode of the network namespace; where that is hidden the negated inode of its `/proc/PID/net/tcp`, else 0."""
    fd_count: int
    """Number of open descriptors, readable for any process (`st_size` of `/proc/PID/fd`, Linux 6.2); -1 unknown."""
    denied: str = ""
    """Why the descriptor table could not be read ("permission denied"), or "" when it was read."""
    kernel_thread: bool = False
    thread_of: int = 0
    """For a thread with a private descriptor table: the pid of its process. Otherwise 0."""
    inner_pid: int = 0
    """Its pid in its own pid namespace when that differs, else 0 (`NSpid` of `proc_pid_status(5)`)."""
    cgroup: str = ""
    """Path in the unified hierarchy (`proc_pid_cgroup(5)`), "" unknown."""

    sigint: str = ""
    """What SIGINT does to it, one of `Disposition`; "" unknown."""
    sigttin: str = ""
    """What SIGTTIN does to it: the signal for reading the terminal from the background."""

    @property
    def key(self) -> ProcessKey:
        """Identity that survives updates."""
        return ProcessKey(self.pid, self.start)

    @property
    def foreground(self) -> bool:
        """Whether its process group is the one its terminal reads from."""
        return self.tpgid > 0 and self.tpgid == self.pgid

    @property
    def title(self) -> str:
        """The command line on one line, or `[comm]` where there is none, as ps writes it."""
        return " ".join(self.cmdline) if self.cmdline else f"[{self.comm}]"
