"""Which keys do what: by the id of each binding, as they are or as the configuration changes them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

KEY_NAMES = {
    "enter": "↵",
    "backspace": "⌫",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "escape": "Esc",
    "space": "space",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "ctrl+@": "Ctrl+space",
}


ASCII_NAMES = {"enter": "Enter", "backspace": "BkSp", "up": "Up", "down": "Down", "left": "Left", "right": "Right"}


def bindings_of(room: type[DOMNode]) -> list[Binding]:
    """Return the bindings of a class and of those of ours that it is built on, its own first."""
    ours = [base for base in room.__mro__ if base.__module__.startswith("sockscope.")]
    found = [binding for base in ours for binding in base.__dict__.get("BINDINGS", ())]
    return [binding for binding in found if isinstance(binding, Binding)]


class KeyNames:
    """What keys are called, those that the user has chosen included."""

    def __init__(self, keymap: Mapping[str, str], *, ascii: bool = False) -> None:  # noqa: A002 - the option's name
        """Take keys by the id of their binding; with `ascii` names have no other characters."""
        self._keymap = keymap
        self._names = {**KEY_NAMES, **ASCII_NAMES} if ascii else KEY_NAMES

    def of(self, binding: Binding) -> list[str]:
        """Return the keys of a binding as a user would write them."""
        keys = self._keymap.get(binding.id or "") or binding.key
        return [self.written(key.strip()) for key in keys.split(",")]

    def written(self, key: str) -> str:
        """Return what stands on a key."""
        if key in self._names:
            return self._names[key]
        if key.startswith("ctrl+"):
            return "Ctrl+" + key[5:].upper()
        return key.upper() if re.fullmatch(r"f\d+", key) else format_key(key)

    def named(self, hints: Iterable[tuple[str, str]], bindings: Iterable[Binding]) -> Iterator[tuple[str, str]]:
        """Put the first key of each binding in the place of its id; what names no id is a key."""
        by_id = {binding.id: binding for binding in bindings}
        for name, label in hints:
            binding = by_id.get(name)
            yield (self.written(name) if binding is None else self.of(binding)[0]), label


def unknown(keymap: Mapping[str, str], bindings: Iterable[Binding]) -> list[str]:
    """Return what a keymap names that is not there."""
    ids = {binding.id for binding in bindings}
    return [name for name in keymap if name not in ids]
