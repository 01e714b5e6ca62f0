"""Who asks what a uid is called: name services may answer over a socket, and a collector connects to nobody."""

import pwd
import signal
import socket
import struct
import threading
from collections.abc import Callable

from sockscope.privileges.forked import Forked

_UID = struct.Struct("!I")
_LONGEST_NAME = 1 << 12
_ANSWER = b"="
"""Begins each answer; what follows is the name, or nothing where there is none."""


class Names:
    """The collector's side. Safe to ask from several threads: one waits for the other."""

    def __init__(self, confine: Callable[[], None]) -> None:
        """Fork the one who asks; it ends with this process, whatever it waits for. To be called before threads.

        Args:
            confine: run in the new process before all else; if it raises, that process ends.

        Raises:
            OSError: no process could be made.
        """
        self._forked = Forked(_serve, confine, death_signal=signal.SIGKILL)
        self._one_at_a_time = threading.Lock()

    def __call__(self, uid: int) -> str:
        """Return what a uid is called, as the name services say it: text from outside. May wait as long as they do.

        Raises:
            KeyError: it has no name, or nobody can be asked any more.
        """
        with self._one_at_a_time:
            try:
                self._forked.socket.send(_UID.pack(uid))
                answer = self._forked.socket.recv(_LONGEST_NAME)
            except OSError:
                answer = b""
        if len(answer) <= len(_ANSWER):
            raise KeyError(uid)
        return answer.removeprefix(_ANSWER).decode("utf-8", "surrogateescape")


def _serve(control: socket.socket) -> None:
    """Answer until the other side hangs up or says something that is no uid."""
    while len(request := control.recv(_UID.size + 1)) == _UID.size:
        try:
            name = pwd.getpwuid(_UID.unpack(request)[0]).pw_name.encode("utf-8", "surrogateescape")
        except (KeyError, OSError):
            name = b""
        control.send(_ANSWER + name[: _LONGEST_NAME - len(_ANSWER)])
