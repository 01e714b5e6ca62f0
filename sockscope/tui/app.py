"""The explorer as a program on a terminal: its looks, its keys, its beginning and its end."""

import asyncio
import gc
import time
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.command import Provider
from textual.filter import LineFilter
from textual.screen import Screen

from sockscope.feed.stream import Feed, PastFeed
from sockscope.tui.commands.command import bindings, carry_out
from sockscope.tui.commands.explorer import EXPLORER
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.commands.palette import Palette
from sockscope.tui.commands.tables import TABLES, known_as, unknown
from sockscope.tui.ending import Ending
from sockscope.tui.jobcontrol import listen_for_signals
from sockscope.tui.key_by_key import KeyByKey
from sockscope.tui.main_screen import MainScreen
from sockscope.tui.options import Options
from sockscope.tui.plain_ascii import AsciiFilter
from sockscope.tui.session import Session
from sockscope.tui.stylesheets import SHEETS
from sockscope.tui.terminal_input import TerminalDriver
from sockscope.tui.theme import DARK, NAMES, THEMES, role_colours, theme_of


class Explorer(KeyByKey):
    """An interactive view of one feed."""

    TITLE = "sockscope"
    CSS_PATH = SHEETS
    ENABLE_COMMAND_PALETTE = False
    """Textual would bind a key of its own to the palette; ours is in the table."""
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Palette}
    BINDINGS: ClassVar[list[BindingType]] = bindings(EXPLORER)

    usual_theme = DARK.name
    """The colours that are used unless others are chosen."""
    _filters: list[LineFilter]
    """Textual's, applied to every line that is drawn."""

    def __init__(
        self,
        feed: Feed,
        options: Options,
        *,
        clock: Callable[[], float] | None = None,
        at_first_picture: Callable[[], None] = lambda: None,
        watch_for_end: Callable[[Callable[[], None]], None] = lambda _leave: None,
    ) -> None:
        """Show what `feed` says; `clock` tells the age of a picture, in seconds since the epoch.

        `watch_for_end` is given what to call, from any thread, when the explorer has to leave.
        """
        super().__init__()
        self.use_command_palette = True
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]
        self._feed = feed
        self._options = options
        self._keymap_wanted = known_as(options.keys)
        self._watch_for_end = watch_for_end
        session = Session(options, KeyNames(TABLES, self._keymap_wanted, ascii=options.ascii), feed.send)
        self.main = MainScreen(session, feed, clock or _clock_of(feed), self.after_keys, at_first_picture)
        """The explorer itself, below whatever lies over it."""

    def get_default_screen(self) -> Screen[None]:
        """Begin with the explorer itself."""
        return self.main

    def on_mount(self) -> None:
        """Take the options that are about looks and keys, and say once what is wrong with them."""
        listen_for_signals(self)
        self._watch_for_end(self._leave_from_thread(asyncio.get_running_loop()))
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = self.usual_theme
        for note in self._options.notes:
            self.main.say(note, "Configuration")
        if self._options.theme:
            self.use_theme(self._options.theme)
        if self._options.ascii:
            self._filters.append(AsciiFilter())
            self.add_class("-ascii")
        self._take_keys()

    def _take_keys(self) -> None:
        strange = unknown(self._keymap_wanted)
        if strange:
            key = self.main.session.keys.of("app.help")
            self.main.say(f"No key is called {', '.join(strange)}; {key} lists them.", "Configuration")
        self.set_keymap(self._keymap_wanted)

    async def on_unmount(self) -> None:
        """Let the collector go, and start no other."""
        self.workers.cancel_group(self.main, "feed")
        await self._feed.stop()

    async def on_event(self, event: events.Event) -> None:
        """Let the tour see which key is pressed, wherever it goes."""
        await super().on_event(event)
        if isinstance(event, events.Key):
            self.main.touring.see_key(event)

    def action_command(self, id_: str) -> None:
        """Do what a key is bound to."""
        carry_out(EXPLORER, id_, self.main)

    def use_theme(self, name: str) -> None:
        """Take other colours, by the name that a configuration uses, or say that there are none."""
        chosen = THEMES[name].name if name in THEMES else name
        if chosen in self.available_themes:
            self.theme = chosen
        else:
            self.main.say(f"There is no theme {name}; there are {', '.join(NAMES)}.", "Configuration")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the colours of the roles to themes that do not name them."""
        return {**super().get_theme_variable_defaults(), **role_colours(self.current_theme)}

    def _leave_from_thread(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def leave() -> None:
            loop.call_soon_threadsafe(self.exit)

        return leave


def _clock_of(feed: Feed) -> Callable[[], float]:
    """Return what tells the time: in a recording that of the look that is shown."""
    return (lambda: feed.clock) if isinstance(feed, PastFeed) else time.time


def rest_the_garbage_collector() -> None:
    """Stop collecting what lives as long as the explorer: a full collection over it is a visible pause."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def run(feed: Feed, options: Options) -> int:
    """Show the explorer until the user leaves; return the exit code."""
    ending = Ending()
    app = Explorer(feed, options, at_first_picture=rest_the_garbage_collector, watch_for_end=ending.watch)
    app.driver_class = TerminalDriver
    app.usual_theme = theme_of(app.console.color_system)
    app.run(mouse=options.mouse)
    ending.left()
    return app.return_code or 0
