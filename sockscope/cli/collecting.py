"""The command line of the collector that a view or a recorder has started, and what sudo says of who asks."""

import os
import sys

from sockscope.cli.exit_codes import USAGE
from sockscope.cli.refusal import CommandError


def collector_command(interval: float, *, no_diag: bool, nice: bool) -> list[str]:
    """Return the collector as a program and its arguments.

    Raises:
        CommandError: sudo's variables make no sense.
    """
    words = ["--interval", str(interval), "--asked-by", str(_asker())]
    command = [sys.executable, "-P", "-m", "sockscope", "collect", *words]
    if no_diag:
        command.append("--no-diag")
    if nice:
        command.append("--nice")
    return command


def _asker() -> int:
    """Return the uid of the user who asks, whatever this process becomes."""
    from sockscope.privileges.invoker import InvokerError, asker

    try:
        return asker(os.environ)
    except InvokerError as error:
        raise CommandError(str(error), USAGE) from error
