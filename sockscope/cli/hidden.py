"""Processes that a mount of procfs does not show: `hidepid` of `proc(5)`."""

import errno
import os

MAX_PID = 1 << 31


def exists(pid: int) -> bool:
    """Tell whether there is a process, whatever /proc shows: pidfd_open(2) asks for no right to see it."""
    if not 0 < pid < MAX_PID:
        return False
    try:
        os.close(os.pidfd_open(pid))
    except OSError as error:
        return error.errno not in {errno.ESRCH, errno.EINVAL, errno.ENOSYS, errno.EPERM}
    return True
