"""Three roles, each with what it needs: the view, the spawner of collectors, and the collector."""

import os
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec

from sockscope.privileges import capabilities
from sockscope.privileges.invoker import (
    Invoker,
    RightsError,
    become,
    find_invoker,
    home_of,
    require_no_way_back,
)
from sockscope.privileges.spawner import Spawner


def divide(command: Sequence[str]) -> Spawner:
    """Leave what rights there are to a spawner of collectors, and go on as a view that has none.

    To be called once, early: while there is one thread and nothing of the view is loaded.

    Args:
        command: the collector, as a program and its arguments.

    Raises:
        InvokerError: sudo's variables make no sense.
        RightsError: rights could not be given up, or what is left cannot read the rest of this program.
    """
    invoker = find_invoker(os.environ, os.geteuid())
    try:
        spawner = Spawner(command, partial(confine_spawner, invoker))
        confine_view(invoker)
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise RightsError(msg) from error
    if invoker is not None:
        _require_readable(invoker)
    return spawner


def confine_collector() -> None:
    """Keep what looking takes and nothing else, in this process and in whatever it might start.

    The uid stays: what root may own is little beside CAP_SYS_PTRACE, and the explorer's spawner has
    changed the uid before.

    Raises:
        OSError: the kernel refuses.
    """
    capabilities.bound(capabilities.COLLECTING)
    capabilities.limit(capabilities.COLLECTING, inherit=False)
    capabilities.forbid_new_privileges()


def confine_spawner(invoker: Invoker | None) -> None:
    """Keep what looking takes, as the user behind sudo, so that a collector started from here inherits it.

    Ordinary users keep the way to file capabilities open: a collector that has them could not be
    started under no_new_privs. For everyone else it is closed.

    Raises:
        OSError: the kernel refuses.
        RightsError: the user cannot be become.
    """
    capabilities.bound(capabilities.COLLECTING)
    privileged = bool(capabilities.permitted())
    if invoker is not None:
        capabilities.keep_across_uids()
        become(invoker)
    capabilities.limit(capabilities.COLLECTING, inherit=True)
    if invoker is not None:
        require_no_way_back()
    if privileged:
        capabilities.forbid_new_privileges()


def confine_view(invoker: Invoker | None) -> None:
    """Keep nothing: a view reads a pipe and draws on a terminal. Under sudo it is the user's process.

    Raises:
        OSError: the kernel refuses.
        RightsError: the user cannot be become, or root could be had again.
    """
    capabilities.bound(frozenset())
    if invoker is not None:
        become(invoker)
        os.environ["HOME"] = home_of(invoker)
    capabilities.limit((), inherit=False)
    capabilities.forbid_new_privileges()
    if invoker is not None:
        require_no_way_back()


def _require_readable(invoker: Invoker) -> None:
    """Check that the user behind sudo can load the rest of the program.

    Raises:
        RightsError: it is installed where only root can read it.
    """
    specs = [find_spec(name) for name in ("sockscope", "textual", "asyncio")]
    for origin in [spec.origin for spec in specs if spec is not None and spec.origin is not None]:
        if not os.access(origin, os.R_OK):
            msg = (
                f"the explorer runs as the user behind sudo (uid {invoker.uid}), who cannot read {origin};"
                " install it where that user can, or run it from a shell of root"
            )
            raise RightsError(msg)
