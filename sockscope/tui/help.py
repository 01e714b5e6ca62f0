"""The help screen: what the signs mean and what the keys do, from the bindings themselves."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import ModalScreen

from sockscope.tui.pane import SidePane
from sockscope.tui.section import PaneLine, Section
from sockscope.tui.tree import DescriptorTree
from sockscope.world.relations import OTHER, SAME, WATCH

SIGNS = (
    (SAME, "same", "on the same kernel object as the selected descriptor"),
    (OTHER, "other-end", "at its other end"),
    (WATCH, "watch", "an epoll that watches it"),
    ("×3", "same", "three descriptors lead to this one object"),
    ("+", "new", "new since the last refresh"),
    ("−", "gone", "gone since the last refresh"),
    ("⊘", "warn", "could not be read, and why"),
    ("▶", "good", "the foreground group of its terminal: Ctrl+C reaches it"),
)
SURE = (
    ("proven", "good", "the kernel itself names both sides"),
    ("inferred", "warn", "two facts that fit"),
    ("unknown", "bad", "it could not be checked; the reason stands beside it"),
)


KEY_NAMES = {
    "enter": "↵",
    "backspace": "⌫",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "escape": "Esc",
    "space": "space",
}


class HelpScreen(ModalScreen[None]):
    """Signs and keys."""

    CSS_PATH = Path(__file__).parent.parent / "css" / "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", id="help.close"),
    ]

    def compose(self) -> ComposeResult:
        """Show one scrolled list of lines."""
        with Container(id="help-frame"):
            yield SidePane(id="help")

    def on_mount(self) -> None:
        """Write the lines: what the keys are bound to now, not what they once were."""
        pane = self.query_one("#help", SidePane)
        sections = [
            Section("Signs", tuple(_sign(*sign) for sign in SIGNS)),
            Section("How sure it is", tuple(_sign(*sign) for sign in SURE)),
            Section("Tree", _keys(DescriptorTree.BINDINGS)),
            Section("Everywhere", (*_keys(bindings_of(type(self.app))), _key("tab", "To the side pane and back"))),
            Section("Side pane", _keys(SidePane.BINDINGS)),
        ]
        pane.show(sections, afresh=True)
        pane.focus()


def bindings_of(room: type[DOMNode]) -> list[BindingType]:
    """Return the bindings of a class and of those of ours that it is built on, its own first."""
    ours = [base for base in room.__mro__ if base.__module__.startswith("sockscope.")]
    return [binding for base in ours for binding in base.__dict__.get("BINDINGS", ())]


def _sign(sign: str, role: str, meaning: str) -> PaneLine:
    return PaneLine(((f"  {sign:<18}", role), (meaning, "")))


def _keys(bindings: Iterable[BindingType]) -> tuple[PaneLine, ...]:
    return tuple(
        _key(" ".join(_written(key) for key in binding.key.split(",")), binding.description)
        for binding in bindings
        if isinstance(binding, Binding)
    )


def _written(key: str) -> str:
    if key.startswith("ctrl+"):
        return "Ctrl+" + key[5:].upper()
    return KEY_NAMES.get(key) or format_key(key)


def _key(keys: str, meaning: str) -> PaneLine:
    return PaneLine(((f"  {keys:<18}", "key"), (meaning, "")))
