"""The help screen: what the signs mean and what the keys do, from the bindings themselves."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from sockscope.tui.keys import KeyNames, bindings_of
from sockscope.tui.pane import SidePane
from sockscope.tui.prompt import PromptInput
from sockscope.tui.section import PaneLine, Section
from sockscope.tui.tree import DescriptorTree
from sockscope.world.filter.keys import KEYS
from sockscope.world.relations import OTHER, SAME, WATCH

SIGNS = (
    (SAME, "same", "on the same kernel object as the selected descriptor"),
    (OTHER, "other-end", "at its other end"),
    (WATCH, "watch", "an epoll that watches it"),
    ("×3", "same", "three descriptors lead to this one object"),
    ("»", "hit", "searched for"),
    ("'", "accent", "marked"),
    ("+", "new", "new since the last refresh"),
    ("~", "changed", "the number leads elsewhere since the last refresh"),
    ("−", "gone", "gone since the last refresh"),
    ("⊘", "warn", "could not be read, and why"),
    ("▶", "good", "the foreground group of its terminal: Ctrl+C reaches it"),
)
SURE = (
    ("proven", "good", "the kernel itself names both sides"),
    ("inferred", "warn", "two facts that fit"),
    ("unknown", "bad", "it could not be checked; the reason stands beside it"),
)
ROOMY = 108
"""Cells of the screen from which the ids of keys are shown, too: a configuration names them."""
MEANING_WIDTH = 56


class HelpScreen(ModalScreen[None]):
    """Signs and keys."""

    CSS_PATH = Path(__file__).parent.parent / "css" / "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", id="help.close"),
    ]

    def __init__(self, part: str, names: KeyNames, overlays: Sequence[Binding] = ()) -> None:
        """Begin with the keys of `part`: "tree", "pane" or "prompt"; `names` says what keys are called.

        `overlays` are the bindings of what is shown in front of everything else.
        """
        super().__init__()
        self._overlays = overlays
        self._part = part
        self._names = names
        self._pane = SidePane(id="help")

    def compose(self) -> ComposeResult:
        """Show one scrolled list of lines."""
        with Container(id="help-frame"):
            yield self._pane

    def on_mount(self) -> None:
        """Write the lines: what the keys are bound to now, not what they once were."""
        if not self._pane.is_attached:
            return  # the explorer is leaving: a screen that opens meanwhile gets no widgets
        signs = Section("Signs", tuple(_sign(*sign) for sign in SIGNS))
        sure = Section("How sure it is", tuple(_sign(*sign) for sign in SURE))
        tree = self._keys("Tree", bindings_of(DescriptorTree))
        beside = self._keys("Side pane", bindings_of(SidePane))
        typing = self._keys("Typing", bindings_of(PromptInput))
        everywhere = self._keys("Everywhere", bindings_of(type(self.app)))
        over = self._keys("Menus and pages", self._overlays)
        order = {
            "tree": (signs, sure, tree, everywhere, beside, LANGUAGE, VALUES, typing, over),
            "pane": (beside, sure, signs, everywhere, tree, LANGUAGE, VALUES, typing, over),
            "prompt": (LANGUAGE, VALUES, typing, everywhere, signs, sure, tree, beside, over),
        }
        self._pane.show(list(order[self._part]), afresh=True)
        self._pane.focus()

    def _keys(self, name: str, bindings: Iterable[Binding]) -> Section:
        roomy = self.app.size.width >= ROOMY
        lines = (
            _key(" ".join(self._names.of(one)), one.description, (one.id or "") if roomy else "") for one in bindings
        )
        return Section(name, tuple(lines))


def _sign(sign: str, role: str, meaning: str) -> PaneLine:
    return PaneLine(((f"  {sign:<18}", role), (meaning, "")))


def _key(keys: str, meaning: str, id_: str = "") -> PaneLine:
    if not id_:
        return PaneLine(((f"  {keys:<18}", "key"), (meaning, "")))
    return PaneLine(((f"  {keys:<18}", "key"), (f"{meaning:<{MEANING_WIDTH}} ", ""), (id_, "faint")))


LANGUAGE = Section(
    "Filter and search",
    (
        _key("nginx", "a word: anything that is shown of a row or its process"),
        _key("port:443", "a key and a value"),
        _key("port:80|443", "one of several"),
        _key("port:8000-8100", "a range; fds:>100 compares"),
        _key("local:10.0.0.0/8", "a block of addresses"),
        _key("-state:listen", "not this"),
        _key("a b | c", "a, and b or c; parentheses group"),
        _key('cmd:"a b"', "quotes keep spaces"),
        _key("~wor(d|k)", "a regular expression"),
    ),
)
VALUES = Section("Keys of the language", tuple(_key(f"{key.name}:", key.about) for key in KEYS.values()))
