"""What each role never does, as system calls that are refused to it from then on."""

import fcntl
import os
import socket
import termios
from collections.abc import Iterable

from sockscope.privileges.seccomp import Absent, OnlyWith, Rule, WithoutBits

_EXECUTE = ("execve", "execveat")
_STEER = (
    "ptrace", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_send_signal", "tkill",
    "migrate_pages", "move_pages", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "reboot", "swapon", "swapoff", "mount", "umount2", "pivot_root", "chroot", "move_mount", "fsopen", "fsmount",
    "mount_setattr", "sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    "bpf", "perf_event_open", "userfaultfd", "add_key", "request_key", "keyctl", "acct", "quotactl", "quotactl_fd",
    "unshare", "fanotify_init", "flock", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler",
    "mq_open", "mq_unlink", "msgget", "msgsnd", "msgrcv", "msgctl", "semget", "semop", "semtimedop", "semctl",
    "shmget", "shmat", "shmctl",
)  # fmt: skip
"""Others and the machine."""
_NAMESPACES = 0x7E020000
"""`CLONE_NEWNS`, `CLONE_NEWCGROUP`, `CLONE_NEWUTS`, `CLONE_NEWIPC`, `CLONE_NEWUSER`, `CLONE_NEWPID`, `CLONE_NEWNET`."""
_FORK: dict[str, Rule] = {"clone": WithoutBits(0, _NAMESPACES), "clone3": Absent()}
"""No namespace of its own, in which it would have every capability. The flags of clone3(2) lie in memory."""
_FILE_CALLS = (
    fcntl.F_DUPFD, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL, fcntl.F_GETOWN, fcntl.F_GETSIG,
    fcntl.F_DUPFD_CLOEXEC, fcntl.F_SETPIPE_SZ, fcntl.F_GETPIPE_SZ, fcntl.F_GET_SEALS,
)  # fmt: skip
"""Without those that send signals (F_SETOWN, F_SETSIG, F_NOTIFY) or make others wait (leases, locks)."""
_ASK = (
    termios.TCGETS, 0x802C542A, termios.TIOCGWINSZ, termios.TIOCGPGRP, 0x5429, termios.FIONREAD, termios.TIOCOUTQ,
    termios.FIONBIO, termios.FIOCLEX, termios.FIONCLEX,
)  # fmt: skip
"""What descriptors are asked, `TCGETS2` and `TIOCGSID` included. Without TIOCSTI, which types at whoever reads the
terminal next: the shell, of root perhaps."""
_SET_TERMINAL = (
    termios.TCSETS, termios.TCSETSW, termios.TCSETSF, 0x402C542B, 0x402C542C, 0x402C542D, termios.TCSBRK,
    termios.TCXONC, termios.TCFLSH, termios.TIOCSPGRP,
)  # fmt: skip
"""The third to the sixth are `TCSETS2` and its like."""
_INTERFACES = (0x8910, 0x8912, 0x8913, 0x8915, 0x8933)
"""`SIOCGIFNAME`, `SIOCGIFCONF`, `SIOCGIFFLAGS`, `SIOCGIFADDR`, `SIOCGIFINDEX`."""
_NAMESPACE_OF = (0x894C, 0xB703)
"""`SIOCGSKNS` and `NS_GET_NSTYPE`."""
_BEHIND_THE_BACK = ("io_uring_setup",)
"""What would do all else without a system call of its own."""
_REACH = ("connect", "listen", "accept", "accept4")
_LOOK_AT_OTHERS = ("process_vm_readv", "pidfd_getfd", "kcmp", "open_by_handle_at", "setns")
_CHANGE_FILES = (
    "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2",
    "link", "linkat", "symlink", "symlinkat", "truncate", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown",
    "fchown", "lchown", "fchownat", "utime", "utimes", "utimensat", "futimesat", "setxattr", "lsetxattr",
    "fsetxattr", "setxattrat", "removexattr", "lremovexattr", "fremovexattr", "removexattrat", "open_tree_attr",
)  # fmt: skip
_BPF_QUESTIONS = (13, 14, 15)
"""`BPF_PROG_GET_FD_BY_ID`, `BPF_MAP_GET_FD_BY_ID` and `BPF_OBJ_GET_INFO_BY_FD`: what names of bpf objects take."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NO_CHANGES: dict[str, Rule] = {
    **dict.fromkeys(_CHANGE_FILES),
    "open": WithoutBits(1, _WRITING),
    "openat": WithoutBits(2, _WRITING),
}
_ALONE: dict[str, Rule] = {
    **_FORK,
    "fcntl": OnlyWith(1, _FILE_CALLS),
    "prlimit64": OnlyWith(0, (0,)),
    "setpriority": None,
    "ioprio_set": None,
}
"""What a process may do to itself and to nobody else."""


def to_the_view(helpers: Iterable[int]) -> dict[str, Rule]:
    """Refuse a view to execute, to change files, to reach anybody, and to signal any but itself and its helpers."""
    own = os.getpid()
    signalled = OnlyWith(0, (own, *helpers))
    return {
        **dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_REACH, *_LOOK_AT_OTHERS, "socket", "bind")),
        **_NO_CHANGES,
        **_ALONE,
        "openat2": None,
        "ioctl": OnlyWith(1, (*_ASK, *_SET_TERMINAL)),
        "kill": signalled,
        "rt_sigqueueinfo": signalled,
        "tgkill": OnlyWith(0, (own,)),
        "rt_tgsigqueueinfo": OnlyWith(0, (own,)),
    }


def to_the_scribe() -> dict[str, Rule]:
    """Refuse whoever writes files to do anything but that."""
    others = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "socket", "bind", "openat2")
    return {
        **dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_REACH, *_LOOK_AT_OTHERS, *others)),
        **_ALONE,
        "ioctl": OnlyWith(1, _ASK),
    }


def to_the_names() -> dict[str, Rule]:
    """Refuse whoever asks name services to do anything but that: they are reached by a socket, or read from files."""
    others = ("kill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "listen", "accept", "accept4", "openat2")
    return {
        **dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_LOOK_AT_OTHERS, *others)),
        **_NO_CHANGES,
        **_ALONE,
        "ioctl": OnlyWith(1, (*_ASK, *_INTERFACES)),
    }


def to_the_collector() -> dict[str, Rule]:
    """Refuse a collector to execute, to connect, and to open files for writing or change them by name.

    It looks at others, so what that takes stays, reading the sets of threads in poll(2) for who asks included. The
    flags of openat2(2) lie in memory, where a filter cannot read them: what may be written through it is what the user
    of the process may write. `--nice` is its own doing.
    """
    own = OnlyWith(1, (os.getpid(),))
    return {
        **dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_REACH)),
        **_NO_CHANGES,
        **_ALONE,
        "ioctl": OnlyWith(1, (*_ASK, *_INTERFACES, *_NAMESPACE_OF)),
        "setpriority": own,
        "ioprio_set": own,
        "socket": OnlyWith(0, (socket.AF_UNIX, socket.AF_NETLINK)),
        "bpf": OnlyWith(0, _BPF_QUESTIONS),
    }
