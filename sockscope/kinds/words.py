"""How values are taken from decoded fields, and written in words."""

import re
from collections.abc import Sequence

from sockscope.model.descriptor import Fields

_NUMBERED = re.compile(r"[a-z]+:\[(\d+)\]")


def number(fields: Fields, name: str) -> int | None:
    """Take a number, None where it is missing."""
    value = fields.get(name)
    return value if isinstance(value, int) else None


def text(fields: Fields, name: str) -> str:
    """Take a text, "" where it is missing."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def texts(fields: Fields, name: str) -> list[str]:
    """Take a list of texts, empty where it is missing."""
    value = fields.get(name)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, (list, tuple)) else []


def entries(fields: Fields, name: str) -> list[Fields] | None:
    """Take a list of entries with fields of their own, None where it is missing."""
    value = fields.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, (list, tuple)) else None


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: `1 watch`, `2 watches`, `no files`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count or 'no'} {plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Write words as an enumeration: `a`, `a and b`, `a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004 - an enumeration begins with two
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def joined(*parts: str) -> str:
    """Write what is there of some words, with commas between."""
    return ", ".join(part for part in parts if part)


def after_colon(words: str) -> str:
    """Write words behind a colon, or nothing."""
    return f": {words}" if words else ""


def path_of(target: str) -> str:
    """Take a path from the text of a link: without ` (deleted)`."""
    return target.removesuffix(" (deleted)")


def number_of(target: str) -> str:
    """Write the number of a link such as `pipe:[7]` as `ino 7`, any other link as it is."""
    match = _NUMBERED.fullmatch(target)
    return f"ino {match[1]}" if match else target


def named_only(fields: Fields) -> str:
    """Say that a descriptor can be neither read nor written, "" of others.

    It stands for a name, or was opened with the access mode 3, which is for ioctl(2) alone (`open(2)`).
    """
    flags = texts(fields, "flags")
    if "O_PATH" in flags:
        return "by name only (O_PATH)"
    return "for ioctl(2) only (access mode 3)" if "O_ACCMODE" in flags else ""
