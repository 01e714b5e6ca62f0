"""Being stopped and continued from outside, with the terminal left as it was found.

Textual's own handlers start its terminal mode a second time whenever SIGCONT arrives, also when it was never
stopped (a debugger, `kill -CONT`); the threads of the first start then keep the process alive for ever.
"""

import asyncio
import contextlib
import os
import signal
import sys
from typing import Any

from textual.app import App


def listen_for_signals(app: App[Any]) -> None:
    """Stop on SIGTSTP, and let SIGCONT mean no more than to go on."""
    loop = asyncio.get_running_loop()
    # Outside the main thread there are no signal handlers; whoever runs the app there has their own.
    with contextlib.suppress(ValueError, RuntimeError):
        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        loop.add_signal_handler(signal.SIGTSTP, stop, app)


def stop(app: App[Any]) -> None:
    """Give the terminal back and stop, as Ctrl+Z does to other programs; go on when continued in front."""
    with app.suspend():
        os.kill(os.getpid(), signal.SIGSTOP)
        while _in_background():
            # Continued by `bg`: there is nothing an explorer could do without the terminal.
            os.kill(os.getpid(), signal.SIGSTOP)


def _in_background() -> bool:
    try:
        return sys.__stdin__ is not None and os.tcgetpgrp(sys.__stdin__.fileno()) != os.getpgrp()
    except OSError:
        return False
