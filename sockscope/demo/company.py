"""The example processes as a whole: started, known by what they told, and gone with the block that held them."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from sockscope.demo.backstage import Truth
from sockscope.privileges.invoker import find_invoker

PATIENCE = 30.0
"""Seconds that the actors get to stand in their places."""
LEAVING = 10.0
"""Seconds that they get to go."""
PADDING = "." * 80
"""Room for titles: they are written over the arguments."""


class CompanyError(Exception):
    """The example processes could not be started; one line says why."""


class Company:
    """Example processes for as long as the `with` block runs.

    They end when the block ends; when this process ends, however it does, because their stage reads a pipe
    from here and asked the kernel for a signal; and with their stage, because each asked for one, too.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self.playbill = ""
        """What the stage told, as it told it: one line of JSON."""
        self.truth: Truth = {}
        """Processes and descriptors by the part they play."""
        self._stage: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> tuple[int, ...]:
        """All processes there are to look at, ascending; the stage is none of them."""
        return tuple(sorted(set(_pids(self.truth))))

    @property
    def processes(self) -> tuple[int, ...]:
        """The processes that were started here, and are ended here: the stage."""
        return () if self._stage is None else (self._stage.pid,)

    def __enter__(self) -> Self:
        """Start the processes, as the user behind sudo where there is one, and wait until they stand.

        Raises:
            CompanyError: they do not.
            InvokerError: sudo's variables make no sense.
        """
        try:
            self._stage = _start()
        except OSError as error:
            msg = f"the example processes cannot be started: {error.strerror}"
            raise CompanyError(msg) from error
        try:
            self.playbill = _told(self._stage)
        except BaseException:
            self._end()
            raise
        self.truth = json.loads(self.playbill)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """End them and wait for it."""
        self._end()

    def _end(self) -> None:
        stage = self._stage
        if stage is None:
            return
        for stream in (stage.stdin, stage.stdout, stage.stderr):
            if stream is not None:
                stream.close()
        try:
            stage.wait(LEAVING)
        except subprocess.TimeoutExpired:
            stage.kill()
            stage.wait()


def _start() -> subprocess.Popen[bytes]:
    invoker = find_invoker(os.environ, os.geteuid())
    who: dict[str, Any] = {}
    if invoker is not None:
        who = {"user": invoker.uid, "group": invoker.gid, "extra_groups": []}
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 - fixed words
        [sys.executable, "-P", "-m", "sockscope.demo.stage", PADDING],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        start_new_session=True,
        **who,
    )


def _told(stage: subprocess.Popen[bytes]) -> str:
    """Read the one line that the stage writes when everybody stands in place.

    Raises:
        CompanyError: it does not come.
    """
    assert stage.stdout is not None  # noqa: S101 - both were asked for as pipes
    assert stage.stderr is not None  # noqa: S101
    ready, _, _ = select.select([stage.stdout], [], [], PATIENCE)
    line = stage.stdout.readline() if ready else b""
    if line.endswith(b"\n"):
        return line.decode()
    stage.kill()
    said = stage.stderr.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    printable = "".join(char if char.isprintable() else "?" for char in said)
    msg = f"the example processes did not come up{': ' + printable if printable else ''}"
    raise CompanyError(msg)


def _pids(truth: Any) -> Iterator[int]:
    """Yield every process that is named anywhere in a truth."""
    if isinstance(truth, dict):
        if isinstance(truth.get("pid"), int):
            yield truth["pid"]
        yield from truth.get("pids", ())
        for part in truth.values():
            yield from _pids(part)
    elif isinstance(truth, list):
        for part in truth:
            yield from _pids(part)
