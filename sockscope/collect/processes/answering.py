"""Who does not answer: a process that whoever reads of it waits for, found out before anything is read.

A process that becomes another program holds its `exec_update_lock` from when it lets its old memory go until it
has its own (fs/exec.c). That is an instant, unless the old memory is its parent's, as after vfork(2) and
posix_spawn(3), and a thread of that waits for a dead file server with the memory locked. kcmp(2),
`syscall`, and in newer kernels `stat` and every link wait for as long; `status` does not.
"""

import contextlib
from collections.abc import Collection

from sockscope.abi.strings import Clean
from sockscope.abi.text import ours
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.kernel import kcmp
from sockscope.kernel.procfs import Procfs

DISK_SLEEP = "D"
"""State of a process that cannot be woken (proc_pid_stat(5))."""
SILENT = "it does not answer"
"""Why nothing is known of such a process, as `Process.denied`."""


class Answering:
    """Remember who does not answer."""

    def __init__(self, procfs: Procfs) -> None:
        """Ask processes of `procfs`."""
        self._procfs = procfs
        self._patience = Patience()
        self._silent: set[int] = set()

    def __contains__(self, pid: int) -> bool:
        """Whether a process answered when it was checked last; one that was never checked did."""
        return pid not in self._silent

    def check(self, pid: int) -> bool:
        """Find out whether a process answers now. One that sleeps as nobody but the kernel can wake it is tried out."""
        try:
            if self._procfs.state(pid) == DISK_SLEEP:
                self._patience.ask(pid, lambda: self._try(pid))
        except NoAnswerError:
            self._silent.add(pid)
            return False
        except OSError:
            pass  # it has ended or is hidden, and whoever reads on will hear that
        self._silent.discard(pid)
        return True

    @property
    def silent(self) -> list[Clean]:
        """Name those who do not answer: `1234 (java)`."""
        return [ours("{} ({})", pid, self._name(pid)) for pid in sorted(self._silent)]

    def keep(self, pids: Collection[int]) -> None:
        """Forget all processes but these."""
        if self._silent:
            self._silent.intersection_update(pids)

    def close(self) -> None:
        """Wait for nobody any more; the next one who has to be tried out gets a thread again."""
        self._patience.close()

    def _name(self, pid: int) -> Clean:
        try:
            return self._procfs.comm(pid)
        except OSError:
            return ours("ended")

    def _try(self, pid: int) -> None:
        """Do what has to wait for a process that does not answer, in old kernels and new ones."""
        self._procfs.stat_record(pid)
        with contextlib.suppress(OSError):  # denied or missing: then it makes nobody wait
            kcmp.same_table(pid, pid)
