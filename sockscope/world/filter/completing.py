"""What may come next in a filter that is being typed: keys, and the values that a key has in the world now."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sockscope.world.filter.keys import KEYS, KIND_WORDS, Key
from sockscope.world.filter.values import BREAKING, Choice, Text, is_plain
from sockscope.world.world import World

MOST = 50
"""Completions offered at once."""
FEW = 2000
"""Descriptors that are looked at for values; completing is done between two keystrokes."""


def word_at(text: str, cursor: int) -> tuple[int, int]:
    """Return where the word that ends at the cursor begins and ends, without a minus sign before it."""
    cursor = max(0, min(cursor, len(text)))
    start = cursor
    while start and not text[start - 1].isspace() and text[start - 1] not in BREAKING:
        start -= 1
    while start < cursor and text[start] == "-":
        start += 1
    return start, cursor


def complete(world: World, text: str, cursor: int) -> list[str]:
    """Return words that may replace the one at the cursor (`word_at`), the best first; itself never.

    A key comes with its colon. A value is one that some descriptor or process has now, the commonest first,
    or one of the words that the key knows.
    """
    start, end = word_at(text, cursor)
    word = text[start:end]
    name, colon, value = word.partition(":")
    if not colon:
        found: Iterable[str] = (f"{key}:" for key in KEYS if key.startswith(word.lower()))
    elif name.lower() in KEYS:
        found = (f"{name}:{choice}" for choice in _values(world, KEYS[name.lower()], value.lower()))
    else:
        found = ()
    return [choice for choice in dict.fromkeys(found) if choice != word][:MOST]


def _values(world: World, key: Key, begun: str) -> Iterator[str]:
    known = KIND_WORDS if key.name == "kind" else key.choices
    found = (value for value in _present(world, key) if value not in {"", 0})
    # For how long a wait has stood still is asked for with a comparison.
    present = Counter(str(value) for value in found if key.shape != "wait" or isinstance(value, str))
    for value, _ in present.most_common():
        written = value.lower() if key.shape == "choice" and key.choices else value
        if written.lower().startswith(begun):
            yield _as_value(key, written)
    yield from (choice for choice in known if choice.startswith(begun))


def _as_value(key: Key, written: str) -> str:
    """Write a value so that it stands for itself."""
    if key.shape == "text" or not is_plain(written):
        return str(Text(written))
    return str(Choice(written)) if key.shape == "choice" else written


def _present(world: World, key: Key) -> Iterator[str | int]:
    """Values that a key has in the world, of the first descriptors only where they are many."""
    seen = 0
    for process in world.processes.values():
        if key.read_process is not None:
            yield from key.read_process(world, process)
        if key.read is None:
            continue
        for descriptor in world.tables.get(process.key, {}).values():
            seen += 1
            yield from key.read(world, process, descriptor)
        if seen > FEW:
            break
