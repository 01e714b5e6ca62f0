"""What this user and kernel let us see: each capability, what it costs to be without it, and what would gain it."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from sockscope.collect.dumps import Dumps
from sockscope.collect.families import BY_LABEL, FAMILIES
from sockscope.collect.netspaces import NO_DIAG
from sockscope.collect.patience import MOST
from sockscope.kernel import kcmp, restrictions
from sockscope.kernel.procfs import Procfs
from sockscope.model.coverage import Capability

AS_ROOT = "sudo sockscope"
ON_DEMAND = frozenset({"Yama", "pidfd_getfd", "cgroup2"})
"""Capabilities that only a question on demand needs: listed, but no note on every picture."""
NAMED = 3
"""Processes that are named where more have to be counted."""


class Capabilities:
    """Probe once what does not change, and say with each picture what was missing for it."""

    def __init__(self, procfs: Procfs, *, diag: bool = True, cgroup_root: str = "") -> None:
        """Probe below the root of `procfs`; `diag` tells whether sock_diag may be used at all."""
        self._procfs = procfs
        self._diag = diag
        self._cgroup_root = cgroup_root

    def found(
        self, denied: int, silent: Sequence[str], locked: int, dumps: Dumps, failures: Mapping[int, str]
    ) -> tuple[Capability, ...]:
        """List the capabilities.

        Args:
            denied: processes whose descriptor table could not be read.
            silent: processes that do not answer at all, by pid and name.
            locked: processes whose memory has not answered.
            dumps: which families were answered for.
            failures: namespaces that could not be entered, with the reason.
        """
        return (
            self._ptrace(denied),
            _answers(silent),
            _memory(locked),
            *self._standing,
            *(self._families(dumps) if self._diag else [_switched_off()]),
            _setns(failures),
        )

    @cached_property
    def _standing(self) -> tuple[Capability, ...]:
        trace = restrictions.has_capability(restrictions.CAP_SYS_PTRACE, self._procfs.root)
        return (
            _kcmp(kcmp.available()),
            self._counts(),
            _hidepid(restrictions.read_hidepid(self._procfs.root), trace=trace),
            _yama(restrictions.read_yama(self._procfs.root), trace=trace),
            _pidfd(restrictions.can_duplicate()),
            _cgroup(self._cgroup_root),
        )

    def _ptrace(self, denied: int) -> Capability:
        gives = "the descriptors of every process"
        if not denied:
            return Capability("ptrace access", available=True, gives=gives)
        what = "1 process keeps its descriptors" if denied == 1 else f"{denied} processes keep their descriptors"
        if os.geteuid():
            return _denied("ptrace access", gives, f"{what} hidden from this user", AS_ROOT)
        why = "even root is refused (another user namespace, or a security module)"
        return _denied("ptrace access", gives, f"{what} hidden: {why}")

    def _counts(self) -> Capability:
        available = self._procfs.fd_count(os.getpid()) >= 0
        costs = "" if available else "this kernel does not count descriptors of other users' processes"
        return Capability(
            "descriptor counts",
            available,
            "how many descriptors a hidden process has",
            costs,
            "" if available else "a kernel from Linux 6.2 on",
        )

    def _families(self, dumps: Dumps) -> Iterator[Capability]:
        """One for each kernel module that was asked, whether it answered or not."""
        silent = {**{label: reason for (_, label), reason in dumps.refused.items()}, **dumps.absent}
        for module in dict.fromkeys(family.module for family in FAMILIES if family.module):
            labels = [family.label for family in FAMILIES if family.module == module and not family.named]
            missing = [label for label in labels if label in silent]
            if missing:
                yield _without_module(module, missing, silent[missing[0]], absent=missing[0] in dumps.absent)
            elif module in dumps.answered:
                yield Capability(module, available=True, gives=_described(labels))


def notes(capabilities: Iterable[Capability], failures: Mapping[int, str]) -> list[str]:
    """Put what a picture lacks into sentences."""
    lines = [
        f"{one.costs}; it would take: {one.gain}" if one.gain else one.costs
        for one in capabilities
        if not one.available and one.name not in ON_DEMAND | {"setns"}
    ]
    return [*lines, *(f"network namespace {abs(inode)} was not entered: {why}" for inode, why in failures.items())]


def _without_module(module: str, labels: list[str], reason: str, *, absent: bool) -> Capability:
    listed = [label for label in labels if BY_LABEL[label].files]
    how = "are read from /proc/net, without cookies" if len(listed) == len(labels) else "show by inode only"
    gain = f"modprobe {module}, if the kernel was built with it" if absent else AS_ROOT if os.geteuid() else ""
    return _denied(
        module,
        _described(labels),
        f"sock_diag does not describe {_listed(labels)} ({reason}): such sockets {how}",
        gain,
    )


def _denied(name: str, gives: str, costs: str, gain: str = "") -> Capability:
    return Capability(name, available=False, gives=gives, costs=costs, gain=gain)


def _described(labels: list[str]) -> str:
    return f"{_listed(labels)} sockets with cookies, queues and states"


def _listed(labels: list[str]) -> str:
    """Name families, a protocol over both versions of IP once."""
    return " and ".join(dict.fromkeys(label.partition(" over ")[0] for label in labels))


def _answers(silent: Sequence[str]) -> Capability:
    gives = "anything about a process that is becoming another program"
    if not silent:
        return Capability("answers", available=True, gives=gives)
    one = len(silent) == 1
    named = ", ".join(silent[:NAMED]) + (f" and {len(silent) - NAMED} more" if len(silent) > NAMED else "")
    who = f"process {named} does not answer" if one else f"processes {named} do not answer"
    what = "its descriptors are left out" if one else "their descriptors are left out"
    more = ", and so are those of any other in state D meanwhile" if len(silent) >= MOST else ""
    # Which lock a process is caught behind cannot be asked: what follows is the way that is known.
    why = "in state D, as one is that execve(2) catches behind memory that is kept locked, beside a dead file server"
    return _denied("answers", gives, f"{who} ({why}): {what}{more}")


def _memory(locked: int) -> Capability:
    gives = "command lines, which lie in the memory of their process"
    if not locked:
        return Capability("memory", available=True, gives=gives)
    who = "1 process does not answer" if locked == 1 else f"{locked} processes does not answer"
    what = "its command line is not read" if locked == 1 else "their command lines are not read"
    more = ", nor is any other meanwhile" if locked >= MOST else ""
    why = "kept locked, as by one that waits for a dead file server while it maps a file"
    return _denied("memory", gives, f"the memory of {who} ({why}): {what}{more}")


def _switched_off() -> Capability:
    return _denied(
        "sock_diag",
        "the other end of unix sockets, cookies, backlogs and sockets that nobody holds",
        f"{NO_DIAG}: sockets are read from /proc/net, where unix sockets have no other end",
        "run without --no-diag",
    )


def _kcmp(available: bool) -> Capability:  # noqa: FBT001 - its answer
    return Capability(
        "kcmp",
        available,
        "which epolls, eventfds and timerfds are one object, and what an epoll really watches",
        ""
        if available
        else "kcmp(2) is denied or missing: whether two epolls, eventfds or timerfds are one object stays unknown",
        "" if available else "CONFIG_KCMP in the kernel and a seccomp filter that allows kcmp",
    )


def _hidepid(value: str, *, trace: bool) -> Capability:
    available = not value or trace
    return Capability(
        "hidepid",
        available,
        "processes of other users",
        "" if available else f"/proc is mounted with hidepid={value}: processes of other users are not listed at all",
        "" if available else AS_ROOT,
    )


def _yama(scope: int, *, trace: bool) -> Capability:
    available = scope == 0 or (trace and scope < 3)  # noqa: PLR2004 - 3 is "no attach" for everyone
    gain = "sysctl kernel.yama.ptrace_scope=0, or " + AS_ROOT if scope < 3 else "a restart: scope 3 cannot be lowered"  # noqa: PLR2004
    return Capability(
        "Yama",
        available,
        "system calls that threads wait in, and socket options",
        "" if available else f"kernel.yama.ptrace_scope is {scope}: only own children may be asked in depth",
        "" if available else gain,
    )


def _pidfd(available: bool) -> Capability:  # noqa: FBT001 - its answer
    return Capability(
        "pidfd_getfd",
        available,
        "socket options, on request",
        "" if available else "pidfd_getfd(2) is missing: socket options cannot be read",
        "" if available else "a kernel from Linux 5.6 on",
    )


def _cgroup(root: str) -> Capability:
    return Capability(
        "cgroup2",
        bool(root),
        "the path of the cgroup that made an inet socket",
        "" if root else "no unified cgroup hierarchy is mounted: cgroups of sockets show by number only",
        "" if root else "mount -t cgroup2 none /sys/fs/cgroup",
    )


def _setns(failures: Mapping[int, str]) -> Capability:
    gives = "sockets of other network namespaces with cookies and the other ends of unix sockets"
    if not failures:
        return Capability("setns", available=True, gives=gives)
    count = "1 network namespace was" if len(failures) == 1 else f"{len(failures)} network namespaces were"
    reason = next(iter(failures.values()))
    gain = AS_ROOT if os.geteuid() else ""
    return _denied("setns", gives, f"{count} not entered ({reason}): read from /proc/net if at all", gain)
