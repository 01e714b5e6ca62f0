"""Which keys do what: by the id of each binding, as they are or as the configuration changes them."""

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


def bindings_of(room: type[DOMNode]) -> list[Binding]:
    """Return the bindings of a class and of those of ours that it is built on, its own first."""
    ours = [base for base in room.__mro__ if base.__module__.startswith("sockscope.")]
    found = [binding for base in ours for binding in base.__dict__.get("BINDINGS", ())]
    return [binding for binding in found if isinstance(binding, Binding)]


def keys_of(binding: Binding, keymap: Mapping[str, str]) -> list[str]:
    """Return the keys of a binding as a user would write them."""
    keys = keymap.get(binding.id or "") or binding.key
    return [written(key.strip()) for key in keys.split(",")]


def written(key: str) -> str:
    """Return what stands on a key."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    if key.startswith("ctrl+"):
        return "Ctrl+" + key[5:].upper()
    return format_key(key)


def named(
    hints: Iterable[tuple[str, str]], bindings: Iterable[Binding], keymap: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Put the first key of each binding in the place of its id; a hint that names no id stays as it is."""
    by_id = {binding.id: binding for binding in bindings}
    for name, label in hints:
        binding = by_id.get(name)
        yield (name if binding is None else keys_of(binding, keymap)[0]), label


def unknown(keymap: Mapping[str, str], bindings: Iterable[Binding]) -> list[str]:
    """Return what a keymap names that is not there."""
    ids = {binding.id for binding in bindings}
    return [name for name in keymap if name not in ids]
