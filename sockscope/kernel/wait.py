"""What a thread is blocked in: `/proc/PID/task/TID/syscall`."""

from typing import Literal, NamedTuple

from sockscope.abi.call_names import FIRST_IS_FD, call_names
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, ours

_REGISTERS = 6
_END_OF_32_BIT = 1 << 32
_IORING_ENTER_REGISTERED_RING = 1 << 4
_P_PIDFD = 3
_HALTS: dict[str, Literal["stopped", "traced"]] = {"T": "stopped", "t": "traced"}
_FROZEN = {("S", b"get_signal"), ("S", b"do_freezer_trap"), ("D", b"__refrigerator")}


class SyscallState(NamedTuple):
    """What a thread was doing when its file was read (`proc_pid_syscall(5)`)."""

    number: int
    """Of the system call, -1 when it is running or blocked outside of one (a page fault)."""
    args: tuple[int, ...]
    """Six unsigned registers, empty when there is no call."""
    running: bool
    stack: int = 0
    """Its stack pointer, 0 unknown."""
    code: int = 0
    """Its program counter, 0 unknown."""


def parse_syscall(data: Raw) -> SyscallState | None:
    """Parse `/proc/PID/task/TID/syscall`: `running`, `-1 SP PC`, or `NUMBER six-arguments SP PC`.

    None for anything else, the empty file of a thread that just ended included.
    """
    fields = data.split()
    if fields == [b"running"]:
        return SyscallState(-1, (), running=True)
    try:
        number = int(fields[0])
        *args, stack, code = [int(field, 16) for field in fields[1:]]
    except (IndexError, ValueError):
        return None
    if len(args) != (_REGISTERS if number >= 0 else 0):
        return None
    return SyscallState(max(number, -1), tuple(args), running=False, stack=stack, code=code)


def describe(state: SyscallState, machine: str) -> tuple[Clean, int]:
    """Return the call's name and the descriptor it works on (-1 for none), on a `machine` as `uname -m` says.

    `("running", -1)` for a thread that runs, `("", -1)` for one blocked outside of a call, and the
    number as text where the table of that architecture is not known, as for a 32-bit program.
    """
    if state.running:
        return ours("running"), -1
    if state.number < 0:
        return NOTHING, -1
    name = _name(state, machine)
    return (name, _descriptor(name, state.args)) if name else (ours("{}", state.number), -1)


def _name(state: SyscallState, machine: str) -> Clean:
    # A 32-bit program (i386, x32, arm) has its own numbers, and the file does not say which it is; its addresses do.
    if 0 < state.stack < _END_OF_32_BIT and 0 < state.code < _END_OF_32_BIT:
        return NOTHING
    return call_names(machine).get(state.number, NOTHING)


def _descriptor(name: str, args: tuple[int, ...]) -> int:
    if name == "io_uring_enter" and args[3] & _IORING_ENTER_REGISTERED_RING:
        return -1
    if name == "waitid":
        return _signed(args[1]) if args[0] == _P_PIDFD else -1
    return _signed(args[0]) if name in FIRST_IS_FD else -1


def _signed(register: int) -> int:
    # Descriptors are C ints: the upper half of the register is whatever was there.
    number = register & 0xFFFFFFFF
    return number if number < 1 << 31 else -1


def halted(state: str, wchan: Raw) -> Literal["", "stopped", "traced", "frozen"]:
    """Tell what keeps a thread from going on, "" for nothing.

    A frozen cgroup has a state of its own nowhere: its threads sleep where signals are taken (kernel/signal.c,
    `do_freezer_trap`, mostly inlined), and in cgroup v1 in the freezer of suspend (kernel/freezer.c).

    Args:
        state: one letter of `stat`.
        wchan: the function that it sleeps in; b"0" or b"" where that is hidden.
    """
    if state in _HALTS:
        return _HALTS[state]
    return "frozen" if (state, wchan) in _FROZEN else ""
