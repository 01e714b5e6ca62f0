"""What a program asked of the kernel, recorded by strace, and the rules that looking has to keep."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import sockscope
from tests.features import SEARCH_PATH

WATCHED = (
    "open,openat,openat2,creat,kill,tkill,tgkill,rt_sigqueueinfo,ptrace,pidfd_send_signal,pidfd_getfd,process_vm_readv,"
    "process_vm_writev,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,"
    "chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,truncate,ftruncate,mknod,mknodat,mount,umount2,setxattr,"
    "lsetxattr,fsetxattr,stat,lstat,newfstatat,statx,access,faccessat,getxattr,execve,execveat,socket,connect,bpf,"
    "perf_event_open,prlimit64,setpriority,sched_setaffinity"
)
FORBIDDEN = frozenset(
    {
        "kill",
        "tkill",
        "tgkill",
        "rt_sigqueueinfo",
        "ptrace",
        "pidfd_send_signal",
        "process_vm_readv",
        "process_vm_writev",
        "creat",
        "rename",
        "renameat",
        "renameat2",
        "unlink",
        "unlinkat",
        "mkdir",
        "mkdirat",
        "rmdir",
        "link",
        "linkat",
        "symlink",
        "symlinkat",
        "chmod",
        "fchmod",
        "fchmodat",
        "chown",
        "fchown",
        "fchownat",
        "lchown",
        "truncate",
        "ftruncate",
        "mknod",
        "mknodat",
        "mount",
        "umount2",
        "setxattr",
        "lsetxattr",
        "fsetxattr",
        "execveat",
        "bpf",
        "perf_event_open",
        "setpriority",
        "sched_setaffinity",
    }
)
"""Calls that change something, steer somebody, or read what is in his memory."""
_TERMINAL = re.compile(r"-?\d+(</dev/(pts/\d+|pts/ptmx|ptmx|tty\w*|console)(<char \d+:\d+>)?>|$)")
"""What strace says of a duplicate that leads to a terminal, or that was refused."""

_OWN = {sys.prefix, sys.base_prefix, os.path.realpath(sys.prefix), str(Path(sockscope.__file__).parents[1])}
_OWN |= {place for place in sys.path if place and os.path.isabs(place)}
READABLE: tuple[tuple[str, str], ...] = (
    (r"/$", "Python: the working directory, where -m looks first"),
    (r"/proc(/|$)", "what sockscope is for"),
    (r"/sys/(kernel|fs/cgroup|devices/system)", "cgroup paths; Python and psutil count processors"),
    (r"/sys/block(/|$)", "which files are behind loop devices, for a path that was asked for"),
    (r"/run/(docker/)?netns|/var/run/(docker/)?netns", "pinned network namespaces"),
    (r"/(usr|lib|lib64|bin|sbin)(/|$)", "shared libraries, the interpreter, time zones, terminfo, locales"),
    (r"/etc/(ld\.so|passwd|group|nsswitch|localtime|terminfo|mime|host|resolv|gai|protocols|services|locale)", "libc"),
    (r"/dev/(null|tty|pts|urandom|random|shm)?", "the terminal of the view, standard streams of the spawner"),
    (r"(/[^/]+)*/sockscope/config\.toml$", "what the user has set"),
    (r"/run/(nscd|systemd/userdb)|/var/(run/nscd|lib/nscd|db)", "libc asks who a uid is"),
    (r"(/[^/]+)*/(share/)?(terminfo|\.terminfo|locale|zoneinfo)", "libc"),
    *((re.escape(place), "our own code") for place in _OWN),
)
"""Places that may be opened for reading, and who needs it."""
WRITABLE: tuple[tuple[str, str], ...] = (
    (r"/dev/(null|tty|pts/\d+)$", "standard streams of the spawner, the terminal of the view"),
    *((re.escape(place) + r"/.*__pycache__/", "Python keeps its own code compiled, beside it") for place in _OWN),
)
FENCED: tuple[tuple[str, str], ...] = (
    (
        r"/(usr|lib|lib64|etc/(ld\.so\.cache|localtime|terminfo)|dev/(null|tty|urandom))$",
        "what the view's fence lets through",
    ),
    *((re.escape(place), "our own code") for place in _OWN),
)
"""Places that a view names, with `O_PATH`, when it has the kernel forbid it all others."""
_LINK_OF_DESCRIPTOR = re.compile(r"/proc/(\d+|self|thread-self)(/task/\d+)?/(fd|map_files)/[^/]+$")
_NAMESPACE = re.compile(
    r"-?\d+(<((net|mnt|uts|ipc|pid|user|time|cgroup):\[\d+\]|/|(/var)?/run/(docker/)?netns/[^>]*)>|$)"
)
"""What strace says of a namespace that was opened: its name, where it is mounted, or `/` where it no longer is."""
_CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+(?:<[^>]*>+)?|\?|0x[0-9a-f]+)")
_AT = re.compile(r'^(?:AT_FDCWD(?:<[^>]*>)?|-?\d+(?:<([^>]*)>)?), "((?:[^"\\]|\\.)*)"')
_BPF_QUESTION = re.compile(r"BPF_(PROG_GET_FD_BY_ID|MAP_GET_FD_BY_ID|OBJ_GET_INFO_BY_FD),")
_FIRST = re.compile(r'^"((?:[^"\\]|\\.)*)"')


class Call(NamedTuple):
    """One system call."""

    name: str
    arguments: str
    result: str
    path: str
    """Absolute where it takes one, "" elsewhere."""

    def __str__(self) -> str:
        return f"{self.name}({self.arguments}) = {self.result}"


def under_strace(directory: Path, program: Sequence[str]) -> list[str]:
    """Put strace in front of a program; each of its processes and threads gets a file in the directory."""
    strace = str(shutil.which("strace", path=SEARCH_PATH))
    return [
        strace,
        "-ff",
        "--seccomp-bpf",
        "-y",
        "-qq",
        "-s",
        "256",
        "-e",
        f"trace={WATCHED}",
        "-o",
        str(directory / "trace"),
        *program,
    ]


def recorded(directory: Path) -> Iterator[Call]:
    """Read what strace wrote."""
    for file in sorted(directory.glob("trace.*")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            found = _CALL.match(line)
            if found is not None:
                name, arguments, result = found.groups()
                yield Call(name, arguments, result, _path(arguments))


def _path(arguments: str) -> str:
    at = _AT.match(arguments)
    if at is not None:
        base, name = at.groups()
        return name if name.startswith("/") or not base else f"{base}/{name}".rstrip("/")
    first = _FIRST.match(arguments)
    return first.group(1) if first is not None else ""


def own_processes(directory: Path) -> frozenset[str]:
    """Name the processes and threads that strace has followed."""
    return frozenset(file.suffix[1:] for file in directory.glob("trace.*"))


def broken_rules(calls: Iterable[Call], own: frozenset[str] = frozenset()) -> list[str]:
    """List the calls that break a rule, each with the rule; `own` are the pids of the program itself."""
    return [f"{rule}: {call}" for call in calls for rule in _rules(call, own)]


def _rules(call: Call, own: frozenset[str]) -> Iterator[str]:
    if call.name == "kill" and call.arguments.partition(",")[0] in own:
        return  # the spawner ends its collector when that is slow to leave by itself
    if call.name == "bpf" and _BPF_QUESTION.match(call.arguments):
        return  # a name is asked for: what is opened for it is opened for reading, and closed at once
    if call.name in FORBIDDEN:
        yield "changes, steers or reads another"
    elif call.name in {"open", "openat", "openat2"}:
        yield from _rules_of_open(call)
    elif call.name in {"stat", "lstat", "newfstatat", "statx", "access", "faccessat"}:
        yield from _rules_of_stat(call)
    elif call.name in _BROKEN:
        rule, broken = _BROKEN[call.name]
        if broken(call):
            yield rule


def _asks_another_attribute(call: Call) -> bool:
    return "system.sockprotoname" not in call.arguments or not call.path.startswith("/proc/self/fd/")


_BROKEN: dict[str, tuple[str, Callable[[Call], bool]]] = {
    "getxattr": ("follows a descriptor of a target", _asks_another_attribute),
    "pidfd_getfd": ("duplicates what is no terminal", lambda call: not _TERMINAL.match(call.result)),
    "socket": (
        "a socket that could reach another machine",
        lambda call: not re.match(r"AF_(NETLINK|UNIX)", call.arguments),
    ),
    "connect": (
        "connects to somebody",
        lambda call: "nscd" not in call.arguments and "userdb" not in call.arguments,
    ),
    "prlimit64": ("touches another's limits", lambda call: not re.match(r"0, ", call.arguments)),
}
"""Rules of calls that are allowed as long as they keep them, each with what tells that it is broken."""


def _rules_of_stat(call: Call) -> Iterator[str]:
    follows = call.name != "lstat" and "AT_SYMLINK_NOFOLLOW" not in call.arguments
    if _LINK_OF_DESCRIPTOR.match(call.path) and follows:
        yield "follows a descriptor of a target"
    if call.name == "statx" and "AT_STATX_DONT_SYNC" not in call.arguments:
        yield "asks a file system for more than is known"


def _rules_of_open(call: Call) -> Iterator[str]:
    only_names_it = "O_PATH" in call.arguments
    if _LINK_OF_DESCRIPTOR.match(call.path) and not only_names_it:
        if call.path.startswith("/proc/self/fd/") and _NAMESPACE.match(call.result):
            return  # of ours, pinned: a namespace, which has no driver and no server
        yield "opens a descriptor of a target"
    elif re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)", call.arguments):
        if not any(re.match(place, call.path) for place, _ in WRITABLE):
            yield "opens for writing"
    elif only_names_it:
        cached = call.name == "openat2" and "RESOLVE_CACHED" in call.arguments
        fenced = any(re.match(place, call.path) for place, _ in FENCED)
        if not cached and not fenced and not call.path.startswith("/proc/"):
            yield "looks a target's path up in a way that may wait"
    elif call.path.startswith("/") and not any(re.match(place, call.path) for place, _ in READABLE):
        yield "opens a file that looking does not need"
