"""Going to what was asked for by name: on the command line, or at a stop of a tour."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sockscope.frames.messages import Locate, Request
from sockscope.model.located import Located
from sockscope.world.targets.answers import TargetDeniedError, TargetMissingError, TargetSyntaxError, echo
from sockscope.world.targets.forms import read_target, resolve

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

LOCATING = 1
"""Number of the question which file the command line means; it is asked once."""
ERRORS = (TargetMissingError, TargetDeniedError, TargetSyntaxError)
_BY_PID = re.compile(r"(?:/proc/)?(\d{1,9})(?=$|[:/])", re.ASCII)
"""Targets that begin with a process, and a port in front of its protocol: nothing is lost by reading that pid first."""


class Targeting:
    """Finds what a target names, and why it cannot be found."""

    def __init__(self, main: "MainScreen", send: Callable[[Request], None]) -> None:
        """Move the cursor of `main`; ask the collector through `send`."""
        self._main = main
        self._send = send
        self._target = main.session.options.target
        self._begun = False

    @property
    def pid(self) -> int:
        """The process that the command line names by its number, 0 for none."""
        named = _BY_PID.match(self._target)
        return int(named[1]) if named else 0

    def begin(self, *, whole: bool) -> None:
        """Go where the command line says, or ask which file that is; once, when as much as that takes was read."""
        process = self._main.session.world.process(self.pid) if self.pid and not whole else None
        if self._begun or not (whole or (process is not None and not process.denied)):
            return
        self._begun = True
        path = self._path() if self._target else None
        if path:
            self._send(Locate(LOCATING, path))
        elif self._target:
            self.go(self._target, "Not found")

    def _path(self) -> bytes | None:
        try:
            return read_target(self._target).path
        except TargetSyntaxError:
            return None  # `go` says why

    def take(self, located: Located) -> None:
        """Go where the command line says, once the collector has said which file that is."""
        self.go(self._target, "Not found", located)

    def go(self, target: str, title: str, located: Located | None = None) -> None:
        """Go to what a target names; say under `title` why it cannot be gone to."""
        try:
            found = resolve(self._main.session.world, target, located)
        except ERRORS as error:
            self._main.say(str(error), title)
            return
        if found:
            self._main.listing.go_to(found[0])
        else:
            self._main.say(f"{echo(target)}: no process uses it, only mounts or loop devices do", title)
