"""A helper in a process of its own: forked early, with nothing open but the way to whoever has forked it."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import NoReturn

from sockscope.privileges.kernel_calls import prctl

PATIENCE = 4.0
"""Seconds that a helper gets to end by itself once the view has hung up; the spawner gives its collector half."""
_STEP = 0.01
_PR_SET_PDEATHSIG = 1


class Forked:
    """The side of whoever has the helper."""

    def __init__(
        self,
        serve: Callable[[socket.socket], None],
        confine: Callable[[], None],
        death_signal: signal.Signals = signal.SIGCONT,
    ) -> None:
        """Fork. To be called before threads, event loops or descriptors that the helper must not have.

        Args:
            serve: what the helper does, with its end of the way to us; it returns when we hang up.
            confine: run in the helper before all else; if it raises, the helper ends.
            death_signal: what the helper gets when we end, however that comes about. SIGCONT lets one that is
                stopped go on, and hear that nobody is there any more.

        Raises:
            OSError: no process could be made.
        """
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            self.socket.close()
            _run(theirs, serve, confine, death_signal)
        theirs.close()

    def close(self) -> None:
        """Hang up, and wait for the helper for a moment; one that is stopped then is told to go on, and ends alone."""
        self.socket.close()
        if not self._ends_within(PATIENCE):
            # Not permitted where it has become nobody and we could not; then it ends once somebody continues it.
            with contextlib.suppress(PermissionError):
                os.kill(self.pid, signal.SIGCONT)

    def _ends_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while True:
            try:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return True
            except ChildProcessError:  # somebody has collected it before
                return True
            if time.monotonic() >= end:
                return False
            time.sleep(_STEP)


def _run(
    control: socket.socket,
    serve: Callable[[socket.socket], None],
    confine: Callable[[], None],
    death_signal: signal.Signals,
) -> NoReturn:
    """Be the helper, and never return into the code of whoever has forked it."""
    status = 1
    try:
        # Ctrl+C and the terminal's end are for the view to answer; its helpers follow it.
        os.setsid()
        _leave_the_terminal(control.fileno())
        confine()
        # Last: a change of uid undoes it.
        prctl(_PR_SET_PDEATHSIG, death_signal)
        serve(control)
        status = 0
    finally:
        os._exit(status)


def _leave_the_terminal(control: int) -> None:
    """Keep nothing open but the way to whoever has forked us."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, control)
    os.closerange(control + 1, os.sysconf("SC_OPEN_MAX"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
