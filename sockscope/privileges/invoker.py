"""The user behind sudo: who asked for root, and how to become that user for good."""

import contextlib
import os
import pwd
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

MAX_ID = (1 << 32) - 2
"""The largest uid; the one above means "leave it as it is" to `setresuid(2)`."""


class Invoker(NamedTuple):
    """An ordinary user: who ran us through sudo, or whom root becomes."""

    uid: int
    gid: int


NOBODY = Invoker(65534, 65534)
"""Whom the kernel itself names where a user has no number here (`/proc/sys/kernel/overflowuid`); owns nothing."""


class InvokerError(Exception):
    """What sudo left in the environment cannot be right."""


class RightsError(Exception):
    """Rights could not be given up; going on with them would be a surprise."""


def find_invoker(environment: Mapping[str, str], euid: int) -> Invoker | None:
    """Read who called sudo; None when this is not root, or root itself asked.

    Raises:
        InvokerError: `SUDO_UID` or `SUDO_GID` is no number; going on as root would be the wrong guess.
    """
    if euid != 0 or "SUDO_UID" not in environment:
        return None
    uid = _number(environment, "SUDO_UID")
    if uid == 0:
        return None
    return Invoker(uid, _number(environment, "SUDO_GID"))


def asker(environment: Mapping[str, str]) -> int:
    """Return the uid of the user who asks: the one behind sudo, else ours. To be called before rights are given up.

    Raises:
        InvokerError: sudo's variables make no sense.
    """
    invoker = find_invoker(environment, os.geteuid())
    return os.geteuid() if invoker is None else invoker.uid


def become(invoker: Invoker) -> None:
    """Take the uid and gid of a user, without supplementary groups, and make sure there is no way back.

    Raises:
        RightsError: the kernel refuses, or root could be had again.
    """
    try:
        os.setgroups([])
        os.setresgid(invoker.gid, invoker.gid, invoker.gid)
        os.setresuid(invoker.uid, invoker.uid, invoker.uid)
    except OSError as error:
        msg = f"cannot become the user (uid {invoker.uid}): {error.strerror}"
        raise RightsError(msg) from error
    if os.getresuid() != (invoker.uid,) * 3 or os.getresgid() != (invoker.gid,) * 3 or os.getgroups():
        msg = f"the kernel did not make us the user (uid {invoker.uid})"
        raise RightsError(msg)


@contextlib.contextmanager
def acting_as(invoker: Invoker | None) -> Iterator[None]:
    """Reach files as a user would, for a moment, and be oneself again; None changes nothing.

    To be called while there is one thread.

    Raises:
        RightsError: the kernel refuses.
    """
    if invoker is None:
        yield
        return
    groups, uid, gid = os.getgroups(), os.geteuid(), os.getegid()
    try:
        os.setgroups([])
        os.setegid(invoker.gid)
        os.seteuid(invoker.uid)
    except OSError as error:
        msg = f"cannot become the user (uid {invoker.uid}): {error.strerror}"
        raise RightsError(msg) from error
    try:
        yield
    finally:
        os.seteuid(uid)
        os.setegid(gid)
        os.setgroups(groups)


def require_no_way_back() -> None:
    """Try to become root again, which must fail.

    Raises:
        RightsError: it did not.
    """
    if _may(partial(os.setresuid, -1, 0, -1)) or _may(partial(os.setgroups, [0])):
        msg = "root's rights were given up and could be taken again; stopped"
        raise RightsError(msg)


def _may(change: Callable[[], None]) -> bool:
    try:
        change()
    except PermissionError:
        return False
    return True


def home_of(invoker: Invoker) -> str:
    """Return the home directory of a user, `/` where there is none."""
    try:
        return pwd.getpwuid(invoker.uid).pw_dir
    except KeyError:
        return "/"


def _number(environment: Mapping[str, str], name: str) -> int:
    text = environment.get(name, "")
    try:
        return uid_of(text)
    except ValueError:
        msg = f"{name} is {text!a}, not a number; unset it to run as root, or use sudo"
        raise InvokerError(msg) from None


def uid_of(text: str) -> int:
    """Read the number of a user or group.

    Raises:
        ValueError: it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ID)) and int(text) <= MAX_ID):
        msg = "not the number of a user"
        raise ValueError(msg)
    return int(text)
