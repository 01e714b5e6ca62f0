"""What one kind of descriptor is to the parsers, and how numbers in fdinfo are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sockscope.kernel.text import clean

Line = tuple[bytes, bytes]
"""One line of fdinfo: the key with its leading blanks, and the value without blanks around it."""

Lines = Sequence[Line]
Fields = dict[str, Any]
"""Named values: int, str, bool, None, or lists and dicts of these. Strings are cleaned."""

_MAX_LINES = 64
_LEAST, _MOST = -(1 << 63), (1 << 64) - 1
"""What the kernel can mean and the stream can carry."""


def plain(lines: Lines) -> Fields:
    """Take the first lines as they are: cleaned key to number or cleaned text. For kinds without a table."""
    return {clean(key.strip()): value_of(value) for key, value in lines[:_MAX_LINES]}


@dataclass(frozen=True, slots=True)
class Family:
    """One kind: how it is recognised and what its fdinfo means."""

    kind: str
    """As the command line's contract names it."""
    anon: tuple[bytes, ...] = ()
    """Names behind `anon_inode:` that mean it, with brackets where the kernel writes them."""
    prefixes: tuple[bytes, ...] = ()
    """What stands before `:[inode]` in a link that means it."""
    paths: tuple[bytes, ...] = ()
    """Patterns (without groups) of whole links that begin with `/` and mean it."""
    keys: tuple[bytes, ...] = ()
    """Keys of fdinfo that no other kind writes, where the link is a path that does not tell."""
    parse: Callable[[Lines], Fields] = plain
    """Read the lines of fdinfo that not every kind has. Skips what it does not understand, raises nothing."""


def integer(text: bytes, base: int = 10) -> int | None:
    """Read a number of at most 64 bits, None for anything else. Base 16 takes it with or without `0x`."""
    try:
        number = int(text, base)
    except ValueError:
        return None
    return number if _LEAST <= number <= _MOST else None


def value_of(text: bytes) -> int | str:
    """Read a value whose meaning is not known: decimal as a number, anything else as cleaned text."""
    number = integer(text) if text.isdigit() else None
    return clean(text) if number is None else number


def numbers(lines: Lines, names: dict[bytes, tuple[str, int]]) -> Fields:
    """Pick numbers by key: `names` maps a key of fdinfo to the field's name and the base it is written in."""
    fields: Fields = {}
    for key, text in lines:
        if key in names:
            name, base = names[key]
            number = integer(text, base)
            if number is not None:
                fields[name] = number
    return fields


def named_bits(mask: int, names: Sequence[tuple[int, str]]) -> list[str]:
    """Name the bits of a mask (not negative) in the order of `names`; one hexadecimal number for bits without a name.

    A name that stands for several bits is given only where all of them are set.
    """
    found: list[str] = []
    rest = mask
    for bits, name in names:
        if rest & bits == bits:
            found.append(name)
            rest &= ~bits
    return [*found, f"0x{rest:x}"] if rest else found
