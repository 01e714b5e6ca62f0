"""A process in its own files: `stat`, `status`, `cmdline` and `cgroup`."""

import re
from typing import NamedTuple

from sockscope.abi.signals import signal_names
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean, ours

__all__ = [
    "ProcessStat",
    "ProcessStatus",
    "parse_cgroup",
    "parse_cmdline",
    "parse_stat",
    "parse_status",
    "signal_names",
]

PF_KTHREAD = 0x00200000
"""Bit of the flags in `stat`: a kernel thread (`linux/sched.h`)."""


_STAT_FIELDS = 20
"""Fields behind the name, up to the start time."""


class ProcessStat(NamedTuple):
    """What `/proc/PID/stat` says, as far as sockscope asks."""

    pid: int
    comm: Raw
    """Raw: whatever the process called itself, at most 15 bytes (kernel threads: more)."""
    state: Clean
    """One letter: R S D T t Z X I."""
    ppid: int
    pgid: int
    sid: int
    tty_nr: int
    """Controlling terminal in the new encoding of device numbers (see `kernel.ttys`), 0 none."""
    tpgid: int
    """Foreground process group of the controlling terminal, -1 none."""
    flags: int
    start: int
    """Clock ticks since boot."""
    threads: int

    @property
    def is_kernel_thread(self) -> bool:
        """Whether it runs in the kernel only."""
        return bool(self.flags & PF_KTHREAD)

    @property
    def has_ended(self) -> bool:
        """Whether none of its threads runs any more. The letter is that of the first thread, which may end before."""
        return self.state in {"Z", "X"} and self.threads <= 1


class ProcessStatus(NamedTuple):
    """What `/proc/PID/status` says, as far as sockscope asks."""

    uid: int
    """Effective, -1 unknown."""
    gid: int
    """Effective, -1 unknown."""
    nspid: list[int]
    """Its pid in each pid namespace, the reader's first, its own last; empty before Linux 4.1."""
    threads: int
    sigblk: int
    """Blocked signals; bit 0 is signal 1, as in the other masks."""
    sigign: int
    sigcgt: int
    cap_eff: int
    """Effective capabilities; bit numbers as in `capabilities(7)`."""


def parse_stat(data: Raw) -> ProcessStat:
    """Parse `/proc/PID/stat` (`proc_pid_stat(5)`).

    The name may contain anything, spaces and parentheses included, so it ends at the last `)`.

    Raises:
        ValueError: this is not such a file, or not the whole of it.
    """
    head, closing, tail = data.rpartition(b")")
    pid, opening, comm = head.partition(b"(")
    fields = tail.split()
    if not closing or not opening or len(fields) < _STAT_FIELDS:
        msg = "not a stat file of a process"
        raise ValueError(msg)
    return ProcessStat(
        pid=int(pid),
        comm=comm,
        state=clean(fields[0]),
        ppid=int(fields[1]),
        pgid=int(fields[2]),
        sid=int(fields[3]),
        tty_nr=int(fields[4]),
        tpgid=int(fields[5]),
        flags=int(fields[6]),
        start=int(fields[19]),
        threads=int(fields[17]),
    )


def letter_of(data: Raw) -> Clean:
    """Return the letter of the state in a `stat` file, "" where it is none."""
    return clean(data.rpartition(b") ")[2][:1])


def parse_state(status: Raw) -> Clean:
    """Return the state of a process from its `status`, which makes nobody wait: one letter, "" where it is missing."""
    return clean(status.partition(b"\nState:\t")[2][:1])


_PROCESS = re.compile(rb"^Tgid:\t(\d{1,10})$", re.MULTILINE)


def parse_process_of(status: Raw) -> int:
    """Return the process that a task belongs to, from its `status`; 0 where it is missing."""
    found = _PROCESS.search(status)
    return int(found[1]) if found is not None else 0


_SWITCHES = re.compile(rb"^voluntary_ctxt_switches:\t(\d{1,19})$", re.MULTILINE)


def parse_sleep(status: Raw) -> int:
    """Number the sleep that a task is in, from its `status`: -1 where it is awake, stopped or dead.

    The number is that of its voluntary switches, one of which every sleep begins with.
    """
    found = _SWITCHES.search(status) if parse_state(status) in {"S", "D"} else None
    return int(found[1]) if found is not None else -1


def parse_status(data: Raw) -> ProcessStatus:
    """Parse `/proc/PID/status` (`proc_pid_status(5)`); what is missing gets the value that its field names.

    Raises:
        ValueError: a field that is there is malformed.
    """
    fields: dict[bytes, list[Raw]] = {
        key: value.split() for key, _, value in (line.partition(b":") for line in data.split(b"\n"))
    }

    def mask(key: bytes) -> int:
        return int(fields[key][0], 16) if fields.get(key) else 0

    def effective(key: bytes) -> int:
        values = fields.get(key, [])
        return int(values[1]) if len(values) > 1 else -1

    return ProcessStatus(
        uid=effective(b"Uid"),
        gid=effective(b"Gid"),
        nspid=[int(pid) for pid in fields.get(b"NSpid", [])],
        threads=int(fields[b"Threads"][0]) if fields.get(b"Threads") else 0,
        sigblk=mask(b"SigBlk"),
        sigign=mask(b"SigIgn"),
        sigcgt=mask(b"SigCgt"),
        cap_eff=mask(b"CapEff"),
    )


def parse_cmdline(data: Raw, limit: int = 4096) -> tuple[Clean, ...]:
    """Parse `/proc/PID/cmdline` into cleaned arguments, of which at most `limit` bytes are kept.

    A process that writes its title over its arguments (nginx, sshd, postgres) leaves one string padded
    with zeros or blanks: one argument without the padding. An ellipsis marks what was cut.
    """
    text = data.rstrip(b"\0")
    if not text:
        return ()
    cut = len(text) > limit
    arguments = text[:limit].split(b"\0")
    if len(arguments) == 1:
        arguments = [arguments[0].rstrip(b" ")]
    cleaned = [clean(argument) for argument in arguments]
    if cut:
        cleaned[-1] = ours("{}…", cleaned[-1])
    return tuple(cleaned)


def parse_cgroup(data: Raw) -> Clean:
    """Parse `/proc/PID/cgroup` into the cleaned path of the unified hierarchy (`cgroups(7)`).

    Where there is none (cgroup v1 only), the path in systemd's own hierarchy; "" when neither is there.
    """
    systemd = NOTHING
    for line in data.split(b"\n"):
        number, _, rest = line.partition(b":")
        controllers, _, path = rest.partition(b":")
        if number == b"0" and not controllers:
            return clean(path)
        if controllers == b"name=systemd":
            systemd = clean(path)
    return systemd
