"""Text from outside, made safe to show: whatever could steer a terminal or hide becomes a visible escape.

Process names, arguments, socket paths and file names are chosen by any local user and read by root.
Every such string passes through here once, where it is collected; models, messages and records take no other (`Clean`).
"""

from collections.abc import Callable
from typing import Final, cast

from sockscope.abi.strings import Clean

_NO_GLYPH = frozenset(
    [
        *map(ord, "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)
"""Characters that Python calls printable and Unicode calls default-ignorable: fillers, joiners, variation selectors."""
CUT = "…"
"""Stands for what was cut off."""

_decode = cast("Callable[[bytes, str, str], Clean]", bytes.decode)
"""Clean where it is printable ASCII. Every name of a picture comes by, and `str` would be a call more."""


def clean(raw: bytes) -> Clean:
    r"""Decode bytes from outside into printable text.

    Undecodable bytes, C0, DEL and C1 become `\xNN`; every other character that prints nothing or
    changes how its neighbours print (bidi and zero-width controls, separators, private and unassigned
    characters, lone surrogates) becomes `\uNNNN` or `\UNNNNNNNN`. A backslash stays as it is, so the
    result cannot be turned back into the bytes, and cleaning it again changes nothing.
    """
    text = _decode(raw, "utf-8", "surrogateescape")
    if text.isascii() and text.isprintable():
        return text
    return clean_str(text)


def clean_str(text: str) -> Clean:
    """Clean text that is decoded already (with `surrogateescape` where it came from bytes), as `clean` does."""
    if text.isprintable() and (text.isascii() or _NO_GLYPH.isdisjoint(map(ord, text))):
        return Clean(text)
    return Clean("".join([char if _is_visible(char) else escape(char) for char in text]))


def clean_lines(raw: bytes) -> Clean:
    r"""Clean text of several lines: each `\n` stays, a tab becomes a space, the rest as in `clean`."""
    return ours("\n").join([clean(line) for line in raw.replace(b"\t", b" ").split(b"\n")])


def ours(words: str, *parts: Clean | float) -> Clean:
    """Say something in words of our own: a literal, with clean parts in the place of its braces (`str.format`).

    mypy cannot tell a literal from another str; that no other is ever given stands in `tests/test_one_door.py`.
    """
    return Clean(words.format(*parts)) if parts else Clean(words)


NOTHING: Final = ours("")
"""Where there is nothing to say."""


def _is_visible(char: str) -> bool:
    return char.isprintable() and ord(char) not in _NO_GLYPH


def escape(char: str) -> str:
    r"""Write a character as `\xNN`, `\uNNNN` or `\UNNNNNNNN`."""
    code = ord(char)
    if "\udc80" <= char <= "\udcff":
        return f"\\x{code & 0xFF:02x}"
    if char < " " or "\x7f" <= char <= "\x9f":
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if char <= "\uffff" else f"\\U{code:08x}"


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, the last of them a sign that something is missing; 0 leaves it whole."""
    return text if limit <= 0 or len(text) <= limit else text[: limit - 1] + CUT
