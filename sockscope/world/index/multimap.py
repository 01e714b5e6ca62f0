"""A mapping from one key to several values, cheap where most keys have a single one."""

from collections.abc import Hashable, Iterator
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value", bound=tuple[Any, ...] | int)
"""Values are hashable and have an order, which is the one they are returned in."""


class Multimap(Generic[Key, Value]):
    """Values by key; a key exists while it has a value.

    A set for each of 100,000 objects would cost 20 MB, and nearly all would hold one value: a lone
    value lives in a plain dict and moves into a set when company comes. One object may also have
    100,000 values, and rows ask for them again and again: what was sorted stays until it changes.
    """

    __slots__ = ("_lone", "_several", "_sorted")

    def __init__(self) -> None:
        """Start empty."""
        self._lone: dict[Key, Value] = {}
        self._several: dict[Key, set[Value]] = {}
        self._sorted: dict[Key, tuple[Value, ...]] = {}

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._lone) + len(self._several)

    def __contains__(self, key: Key) -> bool:
        """Whether the key has a value."""
        return key in self._lone or key in self._several

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys, in no order."""
        yield from self._lone
        yield from self._several

    def get(self, key: Key) -> tuple[Value, ...]:
        """Values of the key, ordered; empty without one."""
        if key in self._lone:
            return (self._lone[key],)
        several = self._several.get(key)
        if several is None:
            return ()
        known = self._sorted.get(key)
        if known is None:
            known = self._sorted[key] = tuple(sorted(several))
        return known

    def count(self, key: Key) -> int:
        """How many values the key has."""
        several = self._several.get(key)
        return len(several) if several is not None else int(key in self._lone)

    def add(self, key: Key, value: Value) -> None:
        """Add a value to the key; the same value twice is one."""
        several = self._several.get(key)
        if several is not None:
            several.add(value)
            self._sorted.pop(key, None)
        elif key not in self._lone:
            self._lone[key] = value
        elif self._lone[key] != value:
            self._several[key] = {self._lone.pop(key), value}

    def discard(self, key: Key, value: Value) -> None:
        """Take a value from the key, if it is there."""
        several = self._several.get(key)
        if several is not None:
            several.discard(value)
            self._sorted.pop(key, None)
            if len(several) == 1:
                self._lone[key] = several.pop()
                del self._several[key]
        elif self._lone.get(key) == value:
            del self._lone[key]
