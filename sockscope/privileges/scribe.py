"""Who writes the files that a user asks the view for: new ones, and nothing else; the view itself may write none.

The view draws names from outside, so the kernel keeps it from every file (`landlock.py`). It hands a path and
the content, in memory, to this process, which is the user's, and has no capability, no network and no terminal.
"""

import os
import socket
from collections.abc import Callable

from sockscope.privileges.forked import Forked

LONGEST_PATH = 4096
"""Bytes; `PATH_MAX`."""
MAX_CONTENT = 1 << 30
"""Bytes of one file."""
PATIENCE = 30.0
"""Seconds that the view waits for a file to be written; a disk may be slow."""
_LONGEST_ANSWER = 1 << 16
_ANSWER = b"="
"""Begins each answer, so that the end of the scribe is not taken for an empty one."""
_GONE = "whoever writes files for the explorer has ended; leave, and start sockscope again"


class Scribe:
    """The view's side."""

    def __init__(self, write_new: Callable[[str, bytes], str], confine: Callable[[], None]) -> None:
        """Fork the scribe. To be called before threads, event loops or descriptors that it must not have.

        Args:
            write_new: makes a file that did not exist, and returns "" or one line that says why it did not.
            confine: run in the scribe before all else; if it raises, the scribe ends.

        Raises:
            OSError: no process could be made.
        """
        self._forked = Forked(lambda control: _serve(control, write_new), confine)
        self.pid = self._forked.pid
        self._forked.socket.settimeout(PATIENCE)

    def write(self, path: str, data: bytes) -> str:
        """Have a new file written; return "" once it stands, or one line that says why it does not."""
        name = os.fsencode(path)
        if not name or len(name) > LONGEST_PATH:
            return "the path is too long" if name else "no name of a file"
        content = os.memfd_create("export", os.MFD_CLOEXEC)
        try:
            with os.fdopen(os.dup(content), "wb") as memory:
                memory.write(data)
            socket.send_fds(self._forked.socket, [name], [content])
            answer = self._forked.socket.recv(_LONGEST_ANSWER)
        except TimeoutError:
            return "whoever writes files for the explorer does not answer"
        except OSError:
            return _GONE
        finally:
            os.close(content)
        return answer.removeprefix(_ANSWER).decode("utf-8", "replace") if answer else _GONE

    def close(self) -> None:
        """Let it go."""
        self._forked.close()


def _serve(control: socket.socket, write_new: Callable[[str, bytes], str]) -> None:
    """Write what is asked for until the view hangs up or says something that is no request."""
    while True:
        name, descriptors, _, _ = socket.recv_fds(control, LONGEST_PATH + 1, 1)
        if not name or len(name) > LONGEST_PATH or len(descriptors) != 1:
            return
        with os.fdopen(descriptors[0], "rb") as content:
            if os.fstat(content.fileno()).st_size > MAX_CONTENT:
                return
            content.seek(0)
            data = content.read(MAX_CONTENT)
        control.send(_ANSWER + write_new(os.fsdecode(name), data).encode("utf-8", "replace"))
