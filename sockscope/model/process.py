"""A process as its rows and panes show it."""

from typing import Literal

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, ours
from sockscope.model.keys import ProcessKey

Disposition = Literal["caught", "ignored", "blocked", "default", ""]
"""What a process has arranged for a signal (`SigCgt`, `SigIgn`, `SigBlk` of `proc_pid_status(5)`); "" unknown."""

NOT_YET = "not read yet"
"""Why nothing is known of the descriptors of a process that waits for its turn in the first picture, as `denied`."""


class Process(Struct, frozen=True, array_like=True, gc=False):
    """One process, or one thread that has a descriptor table of its own (`thread_of` set)."""

    pid: int
    start: int
    """Clock ticks since boot (`proc_pid_stat(5)`, field 22)."""
    ppid: int
    pgid: int
    sid: int
    tty: Clean
    """Name of the controlling terminal without `/dev/` (`pts/1`), or "" without one."""
    tpgid: int
    """Foreground process group of the controlling terminal, -1 without one."""
    comm: Clean
    cmdline: tuple[Clean, ...]
    """Arguments, cleaned, cut to a bounded length; empty for kernel threads, zombies, and memory that is silent."""
    uid: int
    """Owner of `/proc/PID`: the effective uid of a dumpable process."""
    user: Clean
    state: Clean
    """One letter as ps shows it: R S D T t Z X I."""
    netns: int
    """Inode of the network namespace; where that is hidden the negated inode of its `/proc/PID/net/tcp`, else 0."""
    fd_count: int
    """Number of open descriptors, readable for any process (`st_size` of `/proc/PID/fd`, Linux 6.2); -1 unknown."""
    denied: Clean = NOTHING
    """Why the descriptor table could not be read ("permission denied"), or "" when it was read."""
    kernel_thread: bool = False
    thread_of: int = 0
    """For a thread with a private descriptor table: the pid of its process. Otherwise 0."""
    inner_pid: int = 0
    """Its pid in its own pid namespace when that differs, else 0 (`NSpid` of `proc_pid_status(5)`)."""
    cgroup: Clean = NOTHING
    """Path in the unified hierarchy (`proc_pid_cgroup(5)`), "" unknown."""

    sigint: Disposition = ""
    """What SIGINT does to it."""
    sigttin: Disposition = ""
    """What SIGTTIN does to it: the signal for reading the terminal from the background."""
    ended: bool = False
    """Whether nothing of it runs any more: a zombie that waits to be waited for. Where only the first thread has ended,
    the letter is the same."""
    fd_limit: int = -1
    """How many descriptors it may have (RLIMIT_NOFILE, soft), read whenever it has run; -1 unknown."""
    table_of: int = 0
    """Whose descriptor table it has, where several processes share one (`clone(CLONE_FILES)`, told by
    `kcmp(KCMP_FILES)`): the lowest pid of these. 0 for that one, and for whoever has his to himself."""
    unread: int = 0
    """Descriptors that are open and were left for a later look, because reading them all would have been too much work
    for one."""

    @property
    def key(self) -> ProcessKey:
        """Identity that survives updates."""
        return ProcessKey(self.pid, self.start)

    @property
    def foreground(self) -> bool:
        """Whether its process group is the one its terminal reads from."""
        return self.tpgid > 0 and self.tpgid == self.pgid

    @property
    def title(self) -> Clean:
        """The command line on one line, or `[comm]` where there is none, as ps writes it."""
        return ours(" ").join(self.cmdline) if self.cmdline else ours("[{}]", self.comm)
