"""What this user and kernel let us see: each capability, what it costs to be without it, and what would gain it."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, ours
from sockscope.collect.patience import MOST
from sockscope.collect.sockets.dumps import Dumps
from sockscope.collect.sockets.families import BY_LABEL, FAMILIES
from sockscope.collect.sockets.netspaces import NO_DIAG
from sockscope.kernel import kcmp, restrictions
from sockscope.kernel.procfs import Procfs
from sockscope.model.coverage import Capability

AS_ROOT = ours("sudo sockscope")
ON_DEMAND = frozenset({"Yama", "pidfd_getfd", "cgroup2"})
"""Capabilities that only a question on demand needs: listed, but no note on every picture."""
NO_ATTACH = 3
"""The scope of Yama in which nobody may attach."""
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
        self,
        denied: int,
        left: Sequence[int],
        silent: Sequence[Clean],
        locked: int,
        dumps: Dumps,
        failures: Mapping[int, Clean],
    ) -> tuple[Capability, ...]:
        """List the capabilities.

        Args:
            denied: processes whose descriptor table could not be read.
            left: of each process that was read in part how many descriptors were left.
            silent: processes that do not answer at all, by pid and name.
            locked: processes whose memory has not answered.
            dumps: which families were answered for.
            failures: namespaces that could not be entered, with the reason.
        """
        return (
            self._ptrace(denied),
            _whole_tables(left),
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
        gives = ours("the descriptors of every process")
        if not denied:
            return Capability(ours("ptrace access"), available=True, gives=gives)
        what = (
            ours("1 process keeps its descriptors")
            if denied == 1
            else ours("{} processes keep their descriptors", denied)
        )
        if not restrictions.may_trace_others(self._procfs.root):
            return _denied(ours("ptrace access"), gives, ours("{} hidden from this user", what), AS_ROOT)
        why = ours("even root is refused (another user namespace, or a security module)")
        return _denied(ours("ptrace access"), gives, ours("{} hidden: {}", what, why))

    def _counts(self) -> Capability:
        available = self._procfs.fd_count(os.getpid()) >= 0
        costs = NOTHING if available else ours("this kernel does not count descriptors of other users' processes")
        return Capability(
            ours("descriptor counts"),
            available,
            ours("how many descriptors a hidden process has"),
            costs,
            NOTHING if available else ours("a kernel from Linux 6.2 on"),
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


def notes(capabilities: Iterable[Capability], failures: Mapping[int, Clean]) -> list[Clean]:
    """Put what a picture lacks into sentences."""
    lines = [
        ours("{}; it would take: {}", one.costs, one.gain) if one.gain else one.costs
        for one in capabilities
        if not one.available and one.name not in ON_DEMAND | {"setns"}
    ]
    return [*lines, *_not_entered(failures)]


def _not_entered(failures: Mapping[int, Clean]) -> Iterator[Clean]:
    """Say which network namespaces were not looked into, once for each reason: there may be thousands."""
    by_reason: dict[Clean, list[int]] = {}
    for inode, why in failures.items():
        by_reason.setdefault(why, []).append(abs(inode))
    for why, inodes in by_reason.items():
        if len(inodes) == 1:
            yield ours("network namespace {} was not entered: {}", inodes[0], why)
        else:
            yield ours("{} network namespaces were not entered: {}", len(inodes), why)


def _without_module(module: Clean, labels: list[Clean], reason: Clean, *, absent: bool) -> Capability:
    listed = [label for label in labels if BY_LABEL[label].files]
    how = ours("are read from /proc/net, without cookies") if len(listed) == len(labels) else ours("show by inode only")
    gain = ours("modprobe {}, if the kernel was built with it", module) if absent else _as_root()
    return _denied(
        module,
        _described(labels),
        ours("sock_diag does not describe {} ({}): such sockets {}", _listed(labels), reason, how),
        gain,
    )


def _as_root() -> Clean:
    """Name the command that would gain root's rights, "" for who has them."""
    return NOTHING if restrictions.may_trace_others() else AS_ROOT


def _denied(name: Clean, gives: Clean, costs: Clean, gain: Clean = NOTHING) -> Capability:
    return Capability(name, available=False, gives=gives, costs=costs, gain=gain)


def _described(labels: list[Clean]) -> Clean:
    return ours("{} sockets with cookies, queues and states", _listed(labels))


def _listed(labels: list[Clean]) -> Clean:
    """Name families, a protocol over both versions of IP once."""
    return ours(" and ").join(list(dict.fromkeys([label.partition(" over ")[0] for label in labels])))


def _whole_tables(left: Sequence[int]) -> Capability:
    gives = ours("every descriptor of every process, in one look")
    if not left:
        return Capability(ours("whole tables"), available=True, gives=gives)
    whose = ours("1 process") if len(left) == 1 else ours("{} processes", len(left))
    why = ours("reading all of it would have been too much work for one look")
    costs = ours("{} descriptors of {} were left for a later look: {}", sum(left), whose, why)
    return _denied(ours("whole tables"), gives, costs)


def _answers(silent: Sequence[Clean]) -> Capability:
    gives = ours("anything about a process that is becoming another program")
    if not silent:
        return Capability(ours("answers"), available=True, gives=gives)
    one = len(silent) == 1
    named = ours(", ").join(silent[:NAMED]) + (
        ours(" and {} more", len(silent) - NAMED) if len(silent) > NAMED else NOTHING
    )
    who = ours("process {} does not answer", named) if one else ours("processes {} do not answer", named)
    what = ours("its descriptors are left out") if one else ours("their descriptors are left out")
    more = ours(", and so are those of any other in state D meanwhile") if len(silent) >= MOST else NOTHING
    # Which lock a process is caught behind cannot be asked: what follows is the way that is known.
    why = ours(
        "in state D, as one is that execve(2) catches behind memory that is kept locked, beside a dead file server"
    )
    return _denied(ours("answers"), gives, ours("{} ({}): {}{}", who, why, what, more))


def _memory(locked: int) -> Capability:
    gives = ours("command lines, which lie in the memory of their process")
    if not locked:
        return Capability(ours("memory"), available=True, gives=gives)
    who = ours("1 process does not answer") if locked == 1 else ours("{} processes does not answer", locked)
    what = ours("its command line is not read") if locked == 1 else ours("their command lines are not read")
    more = ours(", nor is any other meanwhile") if locked >= MOST else NOTHING
    why = ours("kept locked, as by one that waits for a dead file server while it maps a file")
    return _denied(ours("memory"), gives, ours("the memory of {} ({}): {}{}", who, why, what, more))


def _switched_off() -> Capability:
    return _denied(
        ours("sock_diag"),
        ours("the other end of unix sockets, cookies, backlogs and sockets that nobody holds"),
        ours("{}: sockets are read from /proc/net, where unix sockets have no other end", NO_DIAG),
        ours("run without --no-diag"),
    )


def _kcmp(available: bool) -> Capability:  # noqa: FBT001 - its answer
    return Capability(
        ours("kcmp"),
        available,
        ours("which epolls, eventfds and timerfds are one object, and what an epoll really watches"),
        NOTHING
        if available
        else ours(
            "kcmp(2) is denied or missing: whether two epolls, eventfds or timerfds are one object stays unknown"
        ),
        NOTHING if available else ours("CONFIG_KCMP in the kernel and a seccomp filter that allows kcmp"),
    )


def _hidepid(value: Clean, *, trace: bool) -> Capability:
    available = not value or trace
    return Capability(
        ours("hidepid"),
        available,
        ours("processes of other users"),
        NOTHING
        if available
        else ours("/proc is mounted with hidepid={}: processes of other users are not listed at all", value),
        NOTHING if available else AS_ROOT,
    )


def _yama(scope: int, *, trace: bool) -> Capability:
    available = scope == 0 or (trace and scope < NO_ATTACH)
    lower = ours("sysctl kernel.yama.ptrace_scope=0, or {}", AS_ROOT)
    gain = lower if scope < NO_ATTACH else ours("a restart: scope 3 cannot be lowered")
    return Capability(
        ours("Yama"),
        available,
        ours("system calls that threads wait in, and socket options"),
        NOTHING
        if available
        else ours("kernel.yama.ptrace_scope is {}: only own children may be asked in depth", scope),
        NOTHING if available else gain,
    )


def _pidfd(available: bool) -> Capability:  # noqa: FBT001 - its answer
    return Capability(
        ours("pidfd_getfd"),
        available,
        ours("socket options, on request"),
        NOTHING if available else ours("pidfd_getfd(2) is missing: socket options cannot be read"),
        NOTHING if available else ours("a kernel from Linux 5.6 on"),
    )


def _cgroup(root: str) -> Capability:
    return Capability(
        ours("cgroup2"),
        bool(root),
        ours("the path of the cgroup that made an inet socket"),
        NOTHING if root else ours("no unified cgroup hierarchy is mounted: cgroups of sockets show by number only"),
        NOTHING if root else ours("mount -t cgroup2 none /sys/fs/cgroup"),
    )


def _setns(failures: Mapping[int, Clean]) -> Capability:
    gives = ours("sockets of other network namespaces with cookies and the other ends of unix sockets")
    if not failures:
        return Capability(ours("setns"), available=True, gives=gives)
    count = ours("1 network namespace was") if len(failures) == 1 else ours("{} network namespaces were", len(failures))
    reason = next(iter(failures.values()))
    gain = _as_root()
    return _denied(
        ours("setns"), gives, ours("{} not entered ({}): read from /proc/net if at all", count, reason), gain
    )
