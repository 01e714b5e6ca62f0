"""Marking a moment, to compare with it later."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen


class Comparing:
    """What a user does about moments."""

    def __init__(self, main: "MainScreen") -> None:
        """Mark moments of what `main` shows."""
        self._main = main
        self._moment = main.session.moment

    def mark(self) -> None:
        """Mark this moment, or take the mark back."""
        moment, keys = self._moment, self._main.session.keys
        if moment.since is not None:
            moment.forget()
            self._main.say("Rows say what the last refresh has changed.")
        elif moment.whole:
            moment.mark()
            page = keys.of("app.diff")
            self._main.say(f"Rows say what is another since {moment.clock}; {page} lists it.")
        else:
            self._main.say("Not everything was read yet; a moment is marked once it was.")
        self._main.listing.redraw_marks()
        self._main.write_bars()
