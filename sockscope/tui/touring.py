"""A guided tour: a line that says what to look at, and which key to press for it."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Event, Key

from sockscope.demo.tour import Step
from sockscope.feed import Feed
from sockscope.report.targets import TargetDeniedError, TargetMissingError, resolve
from sockscope.tui.ink import Span
from sockscope.tui.options import Options
from sockscope.tui.parts import Parts
from sockscope.tui.tour_bar import TourBar

KEYS = {"Tab": "tab", "Enter": "enter", "Esc": "escape", "Space": "space"}


class Touring(Parts):
    """Shows step after step. The key of a step leaves it standing, so that its effect can be looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("full_stop", "next_stop(1)", "Next stop of the tour", id="app.next_stop", show=False),
        Binding("comma", "next_stop(-1)", "Stop of the tour before", id="app.previous_stop", show=False),
    ]

    def __init__(self, feed: Feed, options: Options, clock: Callable[[], float]) -> None:
        """Stand before the first stop."""
        super().__init__(feed, options, clock)
        self.tour = TourBar(id="tour")
        self._stop = 0
        self._done = False
        """Whether the key of this stop was pressed."""

    @property
    def step(self) -> Step | None:
        """Where the tour is, None without one."""
        return self.options.tour[self._stop] if self._stop < len(self.options.tour) else None

    def after_first_picture(self) -> None:
        """Begin."""
        super().after_first_picture()
        if self.options.tour:
            self.tour.display = True
            self._arrive()

    def action_next_stop(self, step: int) -> None:
        """Go to another stop."""
        if self.options.tour:
            self._stop = max(0, min(len(self.options.tour) - 1, self._stop + step))
            self._arrive()

    def _arrive(self) -> None:
        self._done = False
        step = self.step
        if step is not None and step.target:
            try:
                self.listing.go_to(resolve(self.world, step.target)[0])
            except (TargetMissingError, TargetDeniedError) as error:
                self.say(str(error), "Tour")
            self.listing.focus()
        self.write_bars()

    def write_bars(self) -> None:
        """Bring the line of the tour up to date, too."""
        super().write_bars()
        step = self.step
        if step is not None:
            self.tour.write(self._head(step), step.text, self.size.width)

    def _head(self, step: Step) -> list[Span]:
        """Say which stop this is, and which key comes next."""
        last = self._stop == len(self.options.tour) - 1
        press = step.key if step.key and not self._done else "" if last else "."
        goes_on = "goes on" if press == "." else ""
        return [
            (f" {self._stop + 1}/{len(self.options.tour)} ", "dim"),
            (f" {press} " if press else "", "cap"),
            (f" {goes_on}  " if goes_on else " ", "dim"),
        ]

    async def on_event(self, event: Event) -> None:
        """See which key is pressed, wherever it goes."""
        await super().on_event(event)
        step = self.step
        if step is not None and isinstance(event, Key) and not self._done:
            wanted = KEYS.get(step.key, step.key)
            if wanted and wanted in {event.key, event.character}:
                self._done = True
                self.write_bars()
