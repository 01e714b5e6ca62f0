"""How a terminal is set, asked of an open file on it: which keys send signals, and whether any does (`termios(3)`)."""

import fcntl
import os
import platform
import stat
import struct
import termios
from typing import Literal, NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean_str, ours

_TIOCGSID = 0x5429
"""asm-generic/ioctls.h; Python has no name for it before 3.13."""
_PTMX = (5, 2)
_INT = struct.Struct("=i")
_LFLAG, _CC = 3, 6
"""Places in what `tcgetattr` gives."""
_DISABLED = 0
"""`_POSIX_VDISABLE` on Linux: no key."""
_CONTROL, _DELETE = 0x20, 0x7F
_EXTPROC = 0o200000
"""asm-generic/termbits.h; Python has no name for it."""
_LINE = 16
"""Place of `c_line` in `struct termios` of asm-generic/termbits.h."""
_GENERIC = frozenset({"aarch64", "armv7l", "i686", "loongarch64", "riscv64", "s390x", "x86_64"})
"""Machines with that structure."""
N_TTY = 0
"""The line discipline that knows keys (linux/tty.h)."""

Silence = Literal["", "raw", "external", "discipline"]
"""Why no key sends a signal: ISIG is off; EXTPROC is set, so whoever has the master acts on keys; or another line
discipline than `N_TTY` takes the input (drivers/tty/n_tty.c, `__receive_buf`)."""


class TerminalSettings(NamedTuple):
    """What decides about keys."""

    silenced: Silence
    """Why the three keys below send no signals, "" where they do."""
    canonical: bool
    """ICANON: whether input comes by lines."""
    echo: bool
    interrupt: Clean
    """Key that sends SIGINT (VINTR) as `^C`, "" for none."""
    quit: Clean
    """Key that sends SIGQUIT (VQUIT)."""
    suspend: Clean
    """Key that sends SIGTSTP (VSUSP)."""


def terminal_end(file: int, tty_nr: int, sid: int) -> Literal["", "master", "slave"]:
    """Tell which end of the controlling terminal of a session an open file is, "" when it is not on that terminal.

    The master of a pseudo-terminal knows the session of its slave, and a session has one controlling terminal: that is
    proof (drivers/tty/tty_jobctrl.c, `tiocgsid`). A slave is compared by its device number alone, which a
    terminal of another devpts instance may share.

    Args:
        file: a descriptor of ours.
        tty_nr: the terminal, in the encoding of `/proc/PID/stat`.
        sid: the session, in our pid namespace.

    Raises:
        OSError: the file system of its node does not answer as it should.
    """
    found = os.fstat(file)
    if not stat.S_ISCHR(found.st_mode):
        return ""
    device = os.major(found.st_rdev), os.minor(found.st_rdev)
    if device == _PTMX:
        return "master" if _session(file) == sid else ""
    return "slave" if _encoded(*device) == tty_nr else ""


def read_settings(terminal: int) -> TerminalSettings:
    """Ask a terminal of ours how it is set (TCGETS). Of a master, the answer is that of its slave.

    It changes nothing, and may have to wait while another changes the line discipline (drivers/tty/tty_ldsem.c).

    Raises:
        OSError: EIO for one that has been hung up.
    """
    try:
        return settings_of(termios.tcgetattr(terminal), _discipline(terminal))
    except termios.error as problem:
        raise OSError(*problem.args) from None


def _discipline(terminal: int) -> int:
    """Number of the line discipline; through a master that of its slave, where TIOCGETD would give the master's own."""
    if platform.machine() not in _GENERIC:
        return N_TTY
    return fcntl.ioctl(terminal, termios.TCGETS, bytes(64))[_LINE]


def settings_of(attributes: list[int | list[Raw | int]], discipline: int) -> TerminalSettings:
    """Read what `termios.tcgetattr` gives, with the number of the line discipline."""
    flags, keys = attributes[_LFLAG], attributes[_CC]
    assert isinstance(flags, int)  # noqa: S101 - the two fields have two types
    assert isinstance(keys, list)  # noqa: S101 - as above
    return TerminalSettings(
        silenced=_silence(flags, discipline),
        canonical=bool(flags & termios.ICANON),
        echo=bool(flags & termios.ECHO),
        interrupt=key_name(keys[termios.VINTR]),
        quit=key_name(keys[termios.VQUIT]),
        suspend=key_name(keys[termios.VSUSP]),
    )


def _silence(flags: int, discipline: int) -> Silence:
    if discipline != N_TTY:
        return "discipline"
    if flags & _EXTPROC:
        return "external"
    return "" if flags & termios.ISIG else "raw"


def key_name(key: Raw | int) -> Clean:
    r"""Name a key as stty(1) does: `^C`, `^?`, `x`, `\xff`; "" for none."""
    code = key if isinstance(key, int) else key[0]
    if code == _DISABLED:
        return NOTHING
    if code < _CONTROL or code == _DELETE:
        return ours("^{}", clean_str(chr(code ^ 64)))
    return clean_str(chr(code)) if code < _DELETE else ours("\\x{:02x}", code)


def _session(master: int) -> int:
    """Session of the slave behind a master, 0 for none."""
    try:
        return int(_INT.unpack(fcntl.ioctl(master, _TIOCGSID, bytes(_INT.size)))[0])
    except OSError:
        return 0


def _encoded(major: int, minor: int) -> int:
    return (minor & 0xFF) | major << 8 | (minor & 0xFFF00) << 12
