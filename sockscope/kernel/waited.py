"""What a blocked call waits for, by its registers: a descriptor, a child, a futex, a lock; whether it ends itself."""

from typing import NamedTuple

from sockscope.abi.strings import Clean
from sockscope.kernel.wait import SyscallState, describe
from sockscope.model.wait import Manner

_POINTER_AT = {
    "ppoll": 2, "select": 4, "pselect6": 4, "epoll_pwait2": 3, "rt_sigtimedwait": 2, "semtimedop": 3,
    "mq_timedsend": 4, "mq_timedreceive": 4, "io_getevents": 4, "io_pgetevents": 4, "recvmmsg": 4, "futex_waitv": 3,
    "futex_wait": 4,
}  # fmt: skip
"""Which register of a call leads to its timeout; a null pointer means none (section 2 of the manual)."""
_MILLISECONDS_AT = {"poll": 2, "epoll_wait": 3, "epoll_pwait": 3}
"""Which register is a timeout itself, negative for none."""
_SLEEPS = {"nanosleep", "clock_nanosleep"}
_SIGNALS = {"pause", "rt_sigsuspend", "rt_sigtimedwait"}
_P_ALL, _P_PID, _P_PGID = 0, 1, 2
_LOCK_COMMANDS = {7, 38}
"""F_SETLKW and F_OFD_SETLKW (fcntl(2)): the others do not wait for a lock."""
_FUTEX_COMMAND, _FUTEX_PRIVATE = 0x7F, 0x80
_FUTEX_WAITS = {0, 6, 9, 11, 13}
"""FUTEX_WAIT, LOCK_PI, WAIT_BITSET, WAIT_REQUEUE_PI, LOCK_PI2 (linux/futex.h): register 3 is their timeout."""
_INT_SIGN = 1 << 31


class Waited(NamedTuple):
    """A call as the model has it: see `Wait`."""

    call: Clean
    fd: int
    timed: bool
    child: int
    manner: Manner


def waited(state: SyscallState, machine: str) -> Waited | None:
    """Tell what a thread waits for, on a `machine` as `uname -m` says; None for one that runs."""
    call, fd = describe(state, machine)
    if state.running:
        return None
    if not call or call.isdecimal():
        return Waited(call, -1, timed=False, child=0, manner="")
    return Waited(call, fd, _timed(call, state.args), _child(call, state.args), _manner(call, state.args))


def _timed(call: str, args: tuple[int, ...]) -> bool:
    if call in _SLEEPS:
        return True
    if call in _MILLISECONDS_AT:
        return not args[_MILLISECONDS_AT[call]] & _INT_SIGN
    if call == "futex":
        return args[1] & _FUTEX_COMMAND in _FUTEX_WAITS and args[3] != 0
    return call in _POINTER_AT and args[_POINTER_AT[call]] != 0


def _child(call: str, args: tuple[int, ...]) -> int:
    """Return whom a wait is for; a process group is taken for all children, which are more."""
    if call == "wait4":
        pid = args[0] & 0xFFFFFFFF
        return pid if 0 < pid < _INT_SIGN else -1
    if call == "waitid" and args[0] in {_P_ALL, _P_PID, _P_PGID}:
        return args[1] & 0xFFFFFFFF if args[0] == _P_PID else -1
    return 0


def _manner(call: str, args: tuple[int, ...]) -> Manner:
    if call == "flock" or (call == "fcntl" and args[1] in _LOCK_COMMANDS):
        return "lock"
    if call == "futex" and args[1] & _FUTEX_COMMAND in _FUTEX_WAITS:
        return "private" if args[1] & _FUTEX_PRIVATE else "shared"
    if call == "futex_wait":
        return "private" if args[3] & _FUTEX_PRIVATE else "shared"
    return "signal" if call in _SIGNALS else ""
