"""What this user and kernel do not let us see, said in one sentence each with what would gain it."""

import os

from sockscope.kernel import kcmp
from sockscope.kernel.procfs import Procfs


def capability_notes(procfs: Procfs, denied: int) -> list[str]:
    """List what is missing.

    Args:
        procfs: the procfs that is looked at.
        denied: processes whose descriptor table could not be read.
    """
    notes = []
    if denied:
        gain = (
            "run sockscope as root to see them"
            if os.geteuid()
            else "even root is refused (another user namespace, or a security module)"
        )
        what = "1 process keeps its descriptors" if denied == 1 else f"{denied} processes keep their descriptors"
        notes.append(f"{what} hidden from this user; {gain}")
    if not kcmp.available():
        notes.append(
            "kcmp(2) is denied or missing: whether two epolls, eventfds or timerfds are one object stays unknown"
            " (it needs CONFIG_KCMP and a seccomp filter that allows it)"
        )
    if procfs.fd_count(os.getpid()) < 0:
        notes.append("this kernel does not count descriptors of other users' processes (Linux 6.2 does)")
    return notes
