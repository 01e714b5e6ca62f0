"""Text from outside, made safe to show: whatever could steer a terminal or hide becomes a visible escape.

Process names, arguments, socket paths and file names are chosen by any local user and read by root.
Every such string passes through here once, where it is collected.
"""

_NO_GLYPH = frozenset(
    [
        *map(ord, "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)
"""Characters that Python calls printable and Unicode calls default-ignorable: fillers, joiners, variation selectors."""


def clean(raw: bytes) -> str:
    r"""Decode bytes from outside into printable text.

    Undecodable bytes, C0, DEL and C1 become `\xNN`; every other character that prints nothing or
    changes how its neighbours print (bidi and zero-width controls, separators, private and unassigned
    characters, lone surrogates) becomes `\uNNNN` or `\UNNNNNNNN`. A backslash stays as it is, so the
    result cannot be turned back into the bytes, and cleaning it again changes nothing.
    """
    text = raw.decode("utf-8", "surrogateescape")
    if text.isascii() and text.isprintable():
        return text
    return clean_str(text)


def clean_str(text: str) -> str:
    """Clean text that is decoded already (with `surrogateescape` where it came from bytes), as `clean` does."""
    if text.isprintable() and (text.isascii() or _NO_GLYPH.isdisjoint(map(ord, text))):
        return text
    return "".join([char if _is_visible(char) else _escape(char) for char in text])


def clean_lines(raw: bytes) -> str:
    r"""Clean text of several lines: each `\n` stays, a tab becomes a space, the rest as in `clean`."""
    return "\n".join([clean(line) for line in raw.replace(b"\t", b" ").split(b"\n")])


def _is_visible(char: str) -> bool:
    return char.isprintable() and ord(char) not in _NO_GLYPH


def _escape(char: str) -> str:
    code = ord(char)
    if "\udc80" <= char <= "\udcff":
        return f"\\x{code & 0xFF:02x}"
    if char < " " or "\x7f" <= char <= "\x9f":
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if char <= "\uffff" else f"\\U{code:08x}"
