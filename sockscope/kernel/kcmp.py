"""kcmp(2): whether two processes share a kernel object. The only proof for files on the anonymous inode."""

import ctypes
import errno
import os

from sockscope.kernel import syscalls

KCMP_FILE = 0
KCMP_FILES = 2
KCMP_EPOLL_TFD = 7

_NUMBER = syscalls.NUMBERS.get(os.uname().machine, {}).get("kcmp", -1)
_syscall = ctypes.CDLL(None, use_errno=True).syscall
_syscall.restype = ctypes.c_long
_syscall.argtypes = (ctypes.c_long, *(ctypes.c_ulong,) * 5)


class _Slot(ctypes.Structure):
    """`struct kcmp_epoll_slot` of linux/kcmp.h."""

    _fields_ = (("efd", ctypes.c_uint32), ("tfd", ctypes.c_uint32), ("toff", ctypes.c_uint32))


def compare_files(pid1: int, fd1: int, pid2: int, fd2: int) -> int:
    """Order two open file descriptions: 0 when they are one, 1 when the first sorts lower, 2 higher.

    The order is the same for everyone until the machine restarts (kernel/kcmp.c scrambles the
    addresses with a secret made at boot), so it can sort.

    Raises:
        OSError: EPERM (no PTRACE_MODE_READ_REALCREDS on both), ESRCH, EBADF, ENOSYS (CONFIG_KCMP=n).
    """
    return _checked(_syscall(_NUMBER, pid1, pid2, KCMP_FILE, fd1, fd2))


def same_table(pid1: int, pid2: int) -> bool:
    """Tell whether two threads share one descriptor table (`unshare(CLONE_FILES)` parts them).

    Raises:
        OSError: EPERM, ESRCH, ENOSYS.
    """
    return compare_tables(pid1, pid2) == 0


def compare_tables(pid1: int, pid2: int) -> int:
    """Order the descriptor tables of two threads, as `compare_files` does files; another order than that of files.

    Raises:
        OSError: EPERM, ESRCH, EBADF (one has ended and has none), ENOSYS.
    """
    return _checked(_syscall(_NUMBER, pid1, pid2, KCMP_FILES, 0, 0))


def compare_registered(pid: int, fd: int, epoll_pid: int, epoll_fd: int, number: int, offset: int = 0) -> int:
    """Order a descriptor and the file that an epoll registration watches, in the order of `compare_files`.

    Args:
        pid: holder of the descriptor in question.
        fd: the descriptor.
        epoll_pid: a holder of the epoll instance.
        epoll_fd: its descriptor there.
        number: the `tfd` that fdinfo shows for the registration.
        offset: which of the registrations with that number, in the order of fdinfo.

    Raises:
        OSError: EPERM, ESRCH, EBADF; ENOENT (no such registration any more).
    """
    slot = _Slot(epoll_fd, number, offset)
    return _checked(_syscall(_NUMBER, pid, epoll_pid, KCMP_EPOLL_TFD, fd, ctypes.addressof(slot)))


def available() -> bool:
    """Tell whether kcmp works on ourselves: present in the kernel and let through by seccomp."""
    pid = os.getpid()
    try:
        return same_table(pid, pid)
    except OSError:
        return False


def _checked(result: int) -> int:
    if _NUMBER < 0:
        raise OSError(errno.ENOSYS, "kcmp: system call number unknown for this architecture")
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
