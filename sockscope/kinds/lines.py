"""Lines of fdinfo, and how the numbers in them are read."""

from collections.abc import Sequence

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import clean, clean_str, ours
from sockscope.model.descriptor import CleanFields

Line = tuple[bytes, Raw]
"""One line of fdinfo: the key with its leading blanks, and the value without blanks around it."""

Lines = Sequence[Line]

_MAX_LINES = 64
_LEAST, _MOST = -(1 << 63), (1 << 64) - 1
"""What the kernel can mean and the stream can carry."""


def plain(lines: Lines) -> CleanFields:
    """Take the first lines as they are: cleaned key to number or cleaned text. For kinds without a table."""
    return {clean(key.strip()): value_of(value) for key, value in lines[:_MAX_LINES]}


def integer(text: bytes, base: int = 10) -> int | None:
    """Read a number of at most 64 bits, None for anything else. Base 16 takes it with or without `0x`."""
    try:
        number = int(text, base)
    except ValueError:
        return None
    return number if _LEAST <= number <= _MOST else None


def value_of(text: Raw) -> int | Clean:
    """Read a value whose meaning is not known: decimal as a number, anything else as cleaned text."""
    number = integer(text) if text.isdigit() else None
    return clean(text) if number is None else number


def numbers(lines: Lines, names: dict[bytes, tuple[str, int]]) -> CleanFields:
    """Pick numbers by key: `names` maps a key of fdinfo to the field's name and the base it is written in."""
    fields: CleanFields = {}
    for key, text in lines:
        if key in names:
            name, base = names[key]
            number = integer(text, base)
            if number is not None:
                fields[name] = number
    return fields


def named_bits(mask: int, names: Sequence[tuple[int, str]]) -> list[Clean]:
    """Name the bits of a mask (not negative) in the order of `names`; one hexadecimal number for bits without a name.

    A name that stands for several bits is given only where all of them are set.
    """
    found: list[Clean] = []
    rest = mask
    for bits, name in names:
        if rest & bits == bits:
            found.append(clean_str(name))
            rest &= ~bits
    return [*found, ours("0x{:x}", rest)] if rest else found
