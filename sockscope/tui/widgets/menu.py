"""A menu over the explorer: a few choices, each with a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Click, Key
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.strip import Strip

from sockscope.tui.commands.command import bindings, carry_out
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.commands.menu import MENU
from sockscope.tui.stylesheets import CSS
from sockscope.tui.widgets.bars import Bar
from sockscope.tui.widgets.ink import INK, InkedView, Span

BORDER = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu."""

    key: str
    """The letter that chooses it."""
    name: str
    """What the caller gets."""
    title: str
    about: str = ""
    chosen: bool = False


class MenuList(InkedView, can_focus=True, inherit_bindings=False):
    """The lines."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        """Show `choices`, with the cursor on the one that holds now."""
        super().__init__(id="menu-list")
        self.choices = choices
        self.cursor = next((position for position, choice in enumerate(choices) if choice.chosen), 0)
        self.virtual_size = Size(1, len(choices))

    def render_line(self, y: int) -> Strip:
        """Draw one choice."""
        line = y + self.scroll_offset.y
        if line >= len(self.choices):
            return Strip.blank(self.line_width, self.ink(""))
        choice = self.choices[line]
        width = max(len(choice.title) for choice in self.choices)
        spans: list[Span] = [
            (" ● " if choice.chosen else "   ", "accent"),
            (choice.key, "key"),
            (f"  {choice.title:<{width}}  ", "title" if choice.chosen else ""),
            (choice.about, "dim"),
        ]
        return self.strip(spans, self.line_width, "cursor" if line == self.cursor else "")

    def move(self, step: int) -> None:
        """Put the cursor on another line."""
        self.cursor = (self.cursor + step) % len(self.choices)
        if not self.scroll_offset.y <= self.cursor < self.scroll_offset.y + max(1, self.line_count):
            self.scroll_to(y=self.cursor, animate=False, force=True, immediate=True)
        self.refresh()


class Menu(ModalScreen[str | None]):
    """Returns the name that was chosen, None for none."""

    CSS_PATH = CSS / "menu.tcss"
    COMPONENT_CLASSES: ClassVar[set[str]] = INK
    BINDINGS: ClassVar[list[BindingType]] = bindings(MENU)

    def __init__(self, title: str, choices: Sequence[Choice], keys: KeyNames, others: Sequence[Choice] = ()) -> None:
        """Offer `choices`; the letters of `others` work too, and are named below with the key that closes."""
        super().__init__()
        self._keys = keys
        self._title = title
        self._others = others
        self.list: MenuList = MenuList(choices)

    def compose(self) -> ComposeResult:
        """Frame the lines."""
        title, below = Bar(id="menu-title"), Bar(id="menu-below")
        title.write(lambda _width: [(f" {self._title}", "title")])
        said = [(f" {choice.key} {choice.title} ", "dim") for choice in self._others]
        below.write(lambda _width: [*said, (f" {self._keys.of('menu.close')} closes", "faint")])
        with Container(id="menu-frame") as frame:
            frame.styles.height = len(self.list.choices) + 2 + BORDER
            yield title
            yield self.list
            yield below

    def on_mount(self) -> None:
        """Take the keys."""
        self.list.focus()

    def on_key(self, event: Key) -> None:
        """Choose by letter."""
        pressed = {event.character, self._keys.written(event.key)}
        for choice in (*self.list.choices, *self._others):
            if choice.key in pressed:
                event.stop()
                self.dismiss(choice.name)

    def on_click(self, event: Click) -> None:
        """Choose the line that was clicked; close beside it."""
        if event.widget is self.list:
            line = event.y + self.list.scroll_offset.y
            if line < len(self.list.choices):
                self.dismiss(self.list.choices[line].name)
        elif event.widget is self:
            self.dismiss(None)

    def action_command(self, id_: str) -> None:
        """Do what a key is bound to."""
        carry_out(MENU, id_, self)

    def choose(self) -> None:
        """Take the line under the cursor."""
        self.dismiss(self.list.choices[self.list.cursor].name)
