"""System calls that a role never makes, refused for good (`seccomp(2)`): a filter of a few dozen instructions.

What is refused fails with EPERM, so that code which tries, ours or anybody's, gets an error that it can report.
"""

import ctypes
import errno
import platform
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sockscope.abi.call_names import call_numbers
from sockscope.privileges.kernel_calls import prctl_struct

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EPERM
_UNKNOWN = 0x00050000 | errno.ENOSYS
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""Instructions of classic BPF (`linux/bpf_common.h`): load a word, compare with a constant and jump, end."""
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data`."""
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""`AUDIT_ARCH_…` of `linux/audit.h`: a number means another call to a program of another architecture."""
_X32 = 0x40000000
"""Numbers from here on are calls of the x32 ABI, on x86-64 only."""


class OnlyWith(NamedTuple):
    """A call that is allowed where the low half of one argument is one of some values."""

    argument: int
    values: tuple[int, ...]


class WithoutBits(NamedTuple):
    """A call that is refused where one argument has any of some bits."""

    argument: int
    bits: int


class Absent(NamedTuple):
    """A call that fails as where the kernel does not have it (ENOSYS), so that who makes it tries an older one."""


Rule = OnlyWith | WithoutBits | Absent | None
"""When a call is refused: None for always."""

_Instruction = tuple[int, int, int, int]
"""Code, distance to jump when true, distance when false, constant."""


class _Filter(ctypes.Structure):
    """`struct sock_filter`."""

    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Filter)))


def refuse(rules: Mapping[str, Rule]) -> bool:
    """Refuse system calls from now on, in this thread and all that it starts; there is no way back.

    To be called under no_new_privs, while there is one thread.

    Args:
        rules: names of calls, as `man 2` has them, and when each is refused.

    Returns:
        Whether they are refused: not where the numbers of this architecture are not known.

    Raises:
        OSError: the kernel takes no filter (EINVAL where it was built without them).
    """
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    instructions = tuple(program(rules, machine))
    filters = (_Filter * len(instructions))(*(_Filter(*one) for one in instructions))
    prctl_struct(_PR_SET_SECCOMP, _MODE_FILTER, _Program(len(instructions), filters))
    return True


def program(rules: Mapping[str, Rule], machine: str) -> Iterator[_Instruction]:
    """Write the filter for a `machine` as `uname -m` says; a call that it does not have needs no rule."""
    numbers = call_numbers(machine)
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield from _refused_unless(_EQUAL, _ARCHITECTURES[machine])
    yield _LOAD, 0, 0, _NUMBER
    if machine == "x86_64":
        yield from _refused_if(_AT_LEAST, _X32)
    for name, rule in rules.items():
        if name in numbers:
            yield from _on_call(numbers[name], tuple(_body(rule)))
    yield _RETURN, 0, 0, _ALLOW


def _on_call(number: int, body: tuple[_Instruction, ...]) -> Iterable[_Instruction]:
    return ((_EQUAL, 0, len(body), number), *body)


def _body(rule: Rule) -> Iterator[_Instruction]:
    """Decide about a call that the number names; what is decided ends the filter."""
    if rule is None:
        yield _RETURN, 0, 0, _REFUSE
        return
    if isinstance(rule, Absent):
        yield _RETURN, 0, 0, _UNKNOWN
        return
    yield _LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument
    if isinstance(rule, WithoutBits):
        yield from _refused_if(_ANY_BIT, rule.bits)
    else:
        for value in rule.values:
            yield _EQUAL, 0, 1, value & 0xFFFFFFFF
            yield _RETURN, 0, 0, _ALLOW
        yield _RETURN, 0, 0, _REFUSE
        return
    yield _RETURN, 0, 0, _ALLOW


def _refused_if(test: int, constant: int) -> Iterator[_Instruction]:
    yield test, 0, 1, constant
    yield _RETURN, 0, 0, _REFUSE


def _refused_unless(test: int, constant: int) -> Iterator[_Instruction]:
    yield test, 1, 0, constant
    yield _RETURN, 0, 0, _REFUSE
