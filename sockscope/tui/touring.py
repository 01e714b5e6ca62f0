"""A guided tour: a line that says what to look at, and which key to press for it."""

from typing import TYPE_CHECKING

from textual.events import Key

from sockscope.demo.tour import Step
from sockscope.tui.widgets.ink import Span

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

NEXT = "app.next_stop"


class Touring:
    """Shows step after step. The key of a step leaves it standing, so that its effect can be looked at."""

    def __init__(self, main: "MainScreen") -> None:
        """Stand before the first stop of the tour of `main`."""
        self._main = main
        self._session = main.session
        self._steps = main.session.options.tour
        self._stop = 0
        self._began = False
        """Whether there was something to show: targets are found in a whole picture only."""
        self._done = False
        """Whether the key of this stop was pressed."""

    @property
    def step(self) -> Step | None:
        """Where the tour is, None without one."""
        return self._steps[self._stop] if self._stop < len(self._steps) else None

    def begin(self) -> None:
        """Arrive at the first stop."""
        self._began = bool(self._steps)
        if self._began:
            self._main.tour_bar.display = True
            self._main.add_class("-touring")
            self._arrive()

    def go(self, step: int) -> None:
        """Go to another stop, once the tour has begun."""
        if self._began:
            self._stop = max(0, min(len(self._steps) - 1, self._stop + step))
            self._arrive()

    def _arrive(self) -> None:
        self._done = False
        step = self.step
        if step is not None and step.target:
            self._main.targeting.go(step.target, "Tour")
            self._main.listing.focus()
        self._main.write_bars()

    def write(self) -> None:
        """Bring the line of the tour up to date."""
        step = self.step
        if step is not None:
            text = self._session.keys.filled(step.text)
            self._main.tour_bar.write(self._head(step), text, self._main.size.width)

    def _head(self, step: Step) -> list[Span]:
        """Say which stop this is, and which key comes next."""
        last = self._stop == len(self._steps) - 1
        wanted = step.press if step.press and not self._done else "" if last else NEXT
        press = self._session.keys.of(wanted) if wanted else ""
        return [
            (f" {self._stop + 1}/{len(self._steps)} ", "dim"),
            (f" {press} " if press else "", "cap"),
            (" goes on  " if wanted == NEXT else " ", "dim"),
        ]

    def see_key(self, key: Key) -> None:
        """Take notice of a key, wherever it goes."""
        step = self.step
        if step is not None and step.press and not self._done:
            names = self._session.keys.keys(step.press)
            if key.key in names or key.character in names:
                self._done = True
                self._main.write_bars()
