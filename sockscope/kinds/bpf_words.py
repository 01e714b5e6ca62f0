"""What bpf maps, programs and links have in common: a type by name, and an id that bpftool shows."""

from sockscope.abi.text import clean, clean_str
from sockscope.kinds.lines import Lines, integer
from sockscope.kinds.words import number, text
from sockscope.model.descriptor import CleanFields, Fields


def type_of(lines: Lines, key: bytes, names: list[str]) -> CleanFields:
    """Name a type by its number in `names`; one that is newer than the table stays a number."""
    text = dict(lines).get(key)
    if text is None:
        return {}
    number = integer(text)
    known = number is not None and 0 <= number < len(names)
    return {"type": clean_str(names[number]) if known and number is not None else clean(text)}


def id_of(fields: Fields, name: str) -> str:
    """Write an id as `id 25`, "" where it was not read."""
    identity = number(fields, name)
    return "" if identity is None else f"id {identity}"


def named(fields: Fields) -> str:
    """Write the type, and the name that whoever loaded it has given it, where that was asked for."""
    return " ".join(word for word in (text(fields, "type"), text(fields, "name")) if word)
