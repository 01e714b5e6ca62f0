"""What keys are called, by the id of the command: as they are, or as the configuration changes them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from textual.keys import format_key, key_to_character

from sockscope.tui.commands.command import Command
from sockscope.tui.commands.hints import Hint

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
_ID = re.compile(r"\{([a-z_.]+)\}")


class KeyNames:
    """Keys of commands as a user would write them."""

    def __init__(
        self,
        tables: Mapping[str, tuple[Command[Any], ...]],
        keymap: Mapping[str, str],
        *,
        ascii: bool = False,  # noqa: A002 - the option's name
    ) -> None:
        """Take tables of commands, and the keys that a configuration gives them; with `ascii` names are ASCII only."""
        self.tables = tables
        """All commands, by the title of their part of the screen."""
        self._own = {command.id: command.key for table in tables.values() for command in table}
        self._keymap = keymap
        self._names = {**KEY_NAMES, **ASCII_NAMES} if ascii else KEY_NAMES

    def keys(self, id_: str) -> list[str]:
        """Return the keys of a command as Textual calls them."""
        keys = self._keymap.get(id_) or self._own[id_]
        return [key.strip() for key in keys.split(",")]

    def all_of(self, id_: str) -> list[str]:
        """Return the keys of a command as they are written."""
        return [self.written(key) for key in self.keys(id_)]

    def of(self, id_: str) -> str:
        """Return the first key of a command as it is written."""
        return self.all_of(id_)[0]

    def written(self, key: str) -> str:
        """Return what stands on a key."""
        if key in self._names:
            return self._names[key]
        if key.startswith("shift+"):
            return f"Shift+{self.written(key[6:])}"
        if key.startswith("ctrl+"):
            return "Ctrl+" + key[5:].upper()
        return key.upper() if re.fullmatch(r"f\d+", key) else format_key(key)

    def filled(self, text: str) -> str:
        """Put keys into a text of ours, in the place of the ids of commands in braces."""
        return _ID.sub(lambda found: self.of(found[1]), text)

    def hinted(self, hints: Iterable[tuple[str, str]], *, typing: bool = False) -> Iterator[Hint]:
        """Name the first key of each command, by its id.

        While one is `typing`, a key that writes a character does nothing else: what has no other key is left out.
        """
        for id_, label in hints:
            keys = [key for key in self.keys(id_) if not (typing and _writes(key))]
            if keys:
                yield Hint(keys[0], self.written(keys[0]), label)


def _writes(key: str) -> bool:
    character = key if len(key) == 1 else key_to_character(key)
    return character is not None and character.isprintable()
