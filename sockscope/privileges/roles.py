"""Five roles, each with what it needs: view, scribe that writes its files, spawner, collector, and who names users."""

import contextlib
import os
import resource
import stat
import sys
from collections.abc import Iterable
from functools import partial
from importlib.util import find_spec

from sockscope.privileges import capabilities, landlock, memory, refused, seccomp
from sockscope.privileges.invoker import (
    NOBODY,
    Invoker,
    RightsError,
    become,
    find_invoker,
    home_of,
    require_no_way_back,
)
from sockscope.privileges.names import Names

_PROGRAM = ("sockscope", "textual", "asyncio")
"""Packages that stand for where the program, what it needs, and Python itself are installed."""
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/terminfo", "/dev/urandom")
"""What a Python program may read on its way, beside its own files."""
_TERMINALS = ("/dev/null", "/dev/tty")


def confine_collector() -> Names:
    """Keep what looking takes and nothing else, and return whom to ask for the names of users.

    To be called while there is one thread.

    Under sudo this becomes the process of the user who asked, for plain root that of nobody, where the user
    namespace has one: what uid 0 owns could be written without any capability.

    Raises:
        InvokerError: sudo's variables make no sense.
        OSError: the kernel refuses.
        RightsError: the user behind sudo cannot be become.
    """
    invoker = find_invoker(os.environ, os.geteuid())
    names = Names(partial(_confine_names, invoker))
    capabilities.bound(capabilities.COLLECTING)
    _step_down(invoker, keep_capabilities=True)
    capabilities.limit(capabilities.COLLECTING, inherit=False)
    capabilities.forbid_new_privileges()
    if not any(map(_is_regular_file, (0, 1, 2))):
        # Frames go into a pipe, so there is no file that this process would have to make longer.
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    seccomp.refuse(refused.to_the_collector())
    memory.keep_private()
    return names


def _confine_names(invoker: Invoker | None) -> None:
    """Keep what asking a name service takes: to connect, as a user who owns nothing, or as the one who looks."""
    _give_up_capabilities(invoker)
    seccomp.refuse(refused.to_the_names())
    memory.keep_private()


def confine_spawner(invoker: Invoker | None) -> None:
    """Keep what looking takes, as the user behind sudo or as nobody, so that a collector started from here inherits it.

    Ordinary users keep the way to file capabilities open: a collector that has them could not be
    started under no_new_privs. For everyone else it is closed.

    Raises:
        OSError: the kernel refuses.
        RightsError: the user behind sudo cannot be become.
    """
    capabilities.bound(capabilities.COLLECTING)
    privileged = bool(capabilities.permitted())
    changed = _step_down(invoker, keep_capabilities=True)
    capabilities.limit(capabilities.COLLECTING, inherit=True)
    if changed:
        require_no_way_back()
    if privileged:
        capabilities.forbid_new_privileges()
    memory.keep_private()


def confine_scribe(invoker: Invoker | None) -> None:
    """Keep nothing but the files of the user behind sudo, or of nobody where root itself asked.

    Raises:
        OSError: the kernel refuses.
        RightsError: the user behind sudo cannot be become.
    """
    _give_up_capabilities(invoker)
    seccomp.refuse(refused.to_the_scribe())
    memory.keep_private()


def confine_view(invoker: Invoker | None, helpers: Iterable[int] = ()) -> None:
    """Keep nothing: a view reads a pipe and draws on a terminal. Under sudo it is the user's process.

    Plain root's becomes that of nobody, where nobody can read the program. Where not, it stays uid 0 and may
    read nothing but the program; Landlock holds that, where the kernel has it.

    Args:
        invoker: the user behind sudo.
        helpers: processes that it may have to end.

    Raises:
        OSError: the kernel refuses.
        RightsError: the user cannot be become, or root could be had again.
    """
    readable = None
    if invoker is None and os.geteuid() == 0 and not _readable_by_others():
        capabilities.bound(frozenset())
        capabilities.limit((), inherit=False)
        capabilities.forbid_new_privileges()
        readable = _own_places()
    else:
        _give_up_capabilities(invoker)
    landlock.forbid_changes(readable, _TERMINALS)
    seccomp.refuse(refused.to_the_view(helpers))
    memory.keep_private()


def _give_up_capabilities(invoker: Invoker | None) -> None:
    capabilities.bound(frozenset())
    changed = _step_down(invoker, keep_capabilities=False)
    if invoker is not None:
        os.environ["HOME"] = home_of(invoker)
    capabilities.limit((), inherit=False)
    capabilities.forbid_new_privileges()
    if changed:
        require_no_way_back()


def _step_down(invoker: Invoker | None, *, keep_capabilities: bool) -> bool:
    """Become the user behind sudo, or nobody in place of root where that can be; return whether somebody was become.

    Raises:
        OSError: the kernel refuses.
        RightsError: the user behind sudo cannot be become.
    """
    # Before anything is given up, and again by each role at its end: a user may look into a process of his as soon as
    # that has no capability which he has not.
    memory.keep_private()
    if invoker is None and os.geteuid() != 0:
        return False
    if keep_capabilities:
        capabilities.keep_across_uids()
    if invoker is not None:
        become(invoker)
    else:
        # A container may have no other user than root, or no right to change to one: then uid 0 is all there is.
        with contextlib.suppress(RightsError):
            become(NOBODY)
    memory.keep_private()  # which a change of uid undoes where the machine has fs.suid_dumpable
    return os.geteuid() != 0


def _is_regular_file(descriptor: int) -> bool:
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError:  # closed
        return False


def _origins() -> list[str]:
    specs = [find_spec(name) for name in _PROGRAM]
    return [spec.origin for spec in specs if spec is not None and spec.origin is not None]


def _own_places() -> list[str]:
    """List where this program, Python, and what both need are installed."""
    packages = [os.path.dirname(os.path.dirname(origin)) for origin in _origins()]
    return [*_SYSTEM, *_TERMINALS, sys.prefix, sys.base_prefix, *packages]


def _readable_by_others() -> bool:
    """Tell whether a user who owns nothing and is in no group can load the rest of the program."""
    for origin in _origins():
        path = os.path.realpath(origin)
        if not os.stat(path).st_mode & stat.S_IROTH:
            return False
        while path != "/":
            path = os.path.dirname(path)
            if not os.stat(path).st_mode & stat.S_IXOTH:
                return False
    return True


def require_readable(invoker: Invoker) -> None:
    """Check that the user behind sudo can load the rest of the program.

    Raises:
        RightsError: it is installed where only root can read it.
    """
    for origin in _origins():
        if not os.access(origin, os.R_OK):
            msg = (
                f"sockscope draws and writes as the user behind sudo (uid {invoker.uid}), who cannot read {origin};"
                " install it where that user can, or run it from a shell of root"
            )
            raise RightsError(msg)
