"""What each role never does, as system calls that are refused to it from then on."""

import os
from collections.abc import Iterable

from sockscope.privileges.seccomp import OnlyWith, Rule, WithoutBits

_EXECUTE = ("execve", "execveat")
_STEER = (
    "ptrace", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_send_signal", "tkill",
    "migrate_pages", "move_pages", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "reboot", "swapon", "swapoff", "mount", "umount2", "pivot_root", "chroot", "move_mount", "fsopen", "fsmount",
    "mount_setattr", "sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    "bpf", "perf_event_open", "userfaultfd", "add_key", "request_key", "keyctl", "acct", "quotactl", "quotactl_fd",
    "unshare",
)  # fmt: skip
"""Others and the machine."""
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


def to_the_view(helpers: Iterable[int]) -> dict[str, Rule]:
    """Refuse a view to execute, to change files, to reach anybody, and to signal any but itself and its helpers."""
    own = os.getpid()
    signalled = OnlyWith(0, (own, *helpers))
    return {
        **dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_REACH, *_LOOK_AT_OTHERS, "socket", "bind")),
        **_NO_CHANGES,
        "kill": signalled,
        "rt_sigqueueinfo": signalled,
        "tgkill": OnlyWith(0, (own,)),
        "rt_tgsigqueueinfo": OnlyWith(0, (own,)),
    }


def to_the_scribe() -> dict[str, Rule]:
    """Refuse whoever writes files to do anything but that."""
    others = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "socket", "bind")
    return dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_REACH, *_LOOK_AT_OTHERS, *others))


def to_the_names() -> dict[str, Rule]:
    """Refuse whoever asks name services to do anything but that: they are reached by a socket, or read from files."""
    others = ("kill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "listen", "accept", "accept4")
    return {**dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_LOOK_AT_OTHERS, *others)), **_NO_CHANGES}


def to_the_collector() -> dict[str, Rule]:
    """Refuse a collector to execute, to connect, and to open files for writing or change them by name.

    It looks at others, so what that takes stays, reading the sets of threads in poll(2) for who asks included. The
    flags of openat2(2) lie in memory, where a filter cannot read them: what may be written through it is what the user
    of the process may write.
    """
    return {
        **dict.fromkeys((*_EXECUTE, *_STEER, *_BEHIND_THE_BACK, *_REACH)),
        **_NO_CHANGES,
        "bpf": OnlyWith(0, _BPF_QUESTIONS),
    }
