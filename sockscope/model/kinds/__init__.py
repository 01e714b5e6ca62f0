"""Kinds of descriptor in words: one short phrase for a row, one plain sentence for a reader."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.registry import BY_KIND

__all__ = ["phrase", "sentence"]


def phrase(kind: str, target: str, fields: Fields | None) -> str:
    """Say in a few words what a row shows after the kind: `count 3`, `every 1 s, next in 400 ms`, a path.

    `target` is the cleaned text of the link, `fields` the decoded fdinfo, as far as it was read. What is
    not known is left out; where that leaves nothing, the target stands for itself. Never empty.
    """
    words = BY_KIND.get(kind, BY_KIND["unknown"])
    return words.phrase(target, fields or {}) or target or kind


def sentence(kind: str, target: str, fields: Fields | None) -> str:
    """Say what a descriptor is in one plain sentence that ends with a full stop; relations are the world's."""
    words = BY_KIND.get(kind, BY_KIND["unknown"])
    return f"{words.sentence(target, fields or {})}."
