"""What this process has in memory is nobody else's: not to be traced, duplicated from, or left in a core file."""

import resource

from sockscope.privileges.kernel_calls import prctl

_PR_SET_DUMPABLE = 4


def keep_private() -> None:
    """Forbid other processes of this user to look inside, and the kernel to write a core file.

    A process that is not dumpable may be traced, and its descriptors may be duplicated (`pidfd_getfd(2)`), only
    with CAP_SYS_PTRACE (`PR_SET_DUMPABLE(2const)`). A change of uid and every execve(2) set the mark anew, so
    each role calls this last, and again in the program that it executes.

    Raises:
        OSError: the kernel refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl(_PR_SET_DUMPABLE, 0)
