"""Who looks: the user who asked, known before rights are given up, and whom to ask for the names of others."""

import os
from collections.abc import Callable
from typing import NamedTuple

from sockscope.cli.exit_codes import DENIED, USAGE
from sockscope.cli.refusal import CommandError
from sockscope.privileges.invoker import InvokerError, RightsError, asker
from sockscope.privileges.limits import LimitError, ensure_descriptors
from sockscope.privileges.roles import confine_collector


class Looker(NamedTuple):
    """Who looks at this machine."""

    uid: int
    """Of the user who asked, whatever this process has become."""
    user_name: Callable[[int], str]
    """Returns what a uid is called; raises KeyError for one without a name."""


def become_looker(asked_by: int | None = None) -> Looker:
    """Give up every right but those that a collector uses, and make sure of the descriptors that it needs.

    Args:
        asked_by: uid of the user who asked, where this process has been started by somebody else.

    Raises:
        CommandError: sudo's variables make no sense, or the kernel refuses.
    """
    try:
        uid = asker(os.environ) if asked_by is None else asked_by
        ensure_descriptors()
        return Looker(uid, confine_collector())
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
    except (LimitError, RightsError) as error:
        raise CommandError(str(error), DENIED) from error
    except OSError as error:
        msg = f"cannot give up rights: {error.strerror}"
        raise CommandError(msg, DENIED) from error
