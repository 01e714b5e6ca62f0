"""Somebody else's open file, held for microseconds (`pidfd_getfd(2)`, Linux 5.6)."""

from sockscope.kernel import syscalls


def duplicate(pidfd: int, fd: int) -> int:
    """Duplicate a descriptor of the process behind a pidfd. The caller closes it at once.

    Nothing is opened: a terminal does not become anybody's controlling one by it.

    Raises:
        OSError: EPERM (no PTRACE_MODE_ATTACH_REALCREDS; Yama), EBADF, ESRCH, ENOSYS before Linux 5.6.
    """
    return syscalls.call("pidfd_getfd", pidfd, fd, 0)
