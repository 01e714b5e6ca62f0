"""What one kind of descriptor is in words, and how values are taken and written there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sockscope.model.descriptor import Fields


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind is named. Both take the link's text and the decoded fields, of which any may be missing."""

    kind: str
    phrase: Callable[[str, Fields], str]
    """A few words, or "" where nothing is known."""
    sentence: Callable[[str, Fields], str]
    """One sentence without its full stop."""


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


def path_of(target: str) -> str:
    """Take a path from the text of a link: without ` (deleted)`."""
    return target.removesuffix(" (deleted)")
