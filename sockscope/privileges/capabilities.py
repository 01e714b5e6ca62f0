"""Capabilities of this process: which it has, and how it gives up all but a few (capabilities(7))."""

import ctypes
from collections.abc import Iterable

from sockscope.privileges.kernel_calls import check, prctl

CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8
CAP_NET_ADMIN = 12
CAP_SYS_PTRACE = 19
CAP_SYS_ADMIN = 21

COLLECTING = frozenset({CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_SYS_ADMIN, CAP_NET_ADMIN})
"""What looking takes: links, fdinfo and kcmp of others; directories of others; other network namespaces; sock_diag."""

_VERSION_3 = 0x20080522
_PR_SET_KEEPCAPS = 8
_PR_CAPBSET_READ = 23
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_AMBIENT_RAISE = 2
_MOST = 64

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    """`struct __user_cap_header_struct` of linux/capability.h."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Half(ctypes.Structure):
    """`struct __user_cap_data_struct`: 32 capabilities of each set."""

    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def permitted() -> frozenset[int]:
    """Return the capabilities that this thread may use.

    Raises:
        OSError: the kernel has no capabilities.
    """
    halves = (_Half * 2)()
    check(_libc.capget(ctypes.byref(_Header(_VERSION_3, 0)), halves))
    mask = halves[0].permitted | halves[1].permitted << 32
    return frozenset(number for number in range(_MOST) if mask >> number & 1)


def keep_across_uids() -> None:
    """Let a change from uid 0 to another keep the permitted set (`PR_SET_KEEPCAPS`), until the next exec."""
    prctl(_PR_SET_KEEPCAPS, 1)


def bound(kept: frozenset[int]) -> None:
    """Drop all but some capabilities from the bounding set, so that no exec brings them back.

    Without CAP_SETPCAP, as for an ordinary user, the bounding set cannot be changed and stays; it
    grants nothing by itself.

    Raises:
        OSError: the kernel refuses although it may not.
    """
    if CAP_SETPCAP not in permitted():
        return
    for number in range(_MOST):
        if number not in kept and _libc.prctl(_PR_CAPBSET_READ, ctypes.c_ulong(number)) == 1:
            prctl(_PR_CAPBSET_DROP, number)


def limit(kept: Iterable[int], *, inherit: bool) -> None:
    """Keep some of the permitted capabilities, in force at once, and give up all others.

    Args:
        kept: numbers; those that are not permitted now cannot be kept and are left out.
        inherit: also hand them to programs that this process starts (the ambient set).

    Raises:
        OSError: the kernel refuses.
    """
    numbers = permitted() & frozenset(kept)
    mask = sum(1 << number for number in numbers)
    inheritable = mask if inherit else 0
    halves = (_Half * 2)(
        *(_Half(part & 0xFFFFFFFF, part & 0xFFFFFFFF, inherited & 0xFFFFFFFF)
          for part, inherited in ((mask, inheritable), (mask >> 32, inheritable >> 32)))
    )  # fmt: skip
    check(_libc.capset(ctypes.byref(_Header(_VERSION_3, 0)), halves))
    # What is no longer inheritable has left the ambient set as well (capset(2), security/commoncap.c).
    for number in sorted(numbers) if inherit else ():
        prctl(_PR_CAP_AMBIENT, _AMBIENT_RAISE, number)


def forbid_new_privileges() -> None:
    """Make set-uid bits and file capabilities of whatever is executed from now on mean nothing, for good."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
