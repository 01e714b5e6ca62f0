"""What is another since a moment that somebody marked, followed frame by frame: it costs what changes, not what is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from sockscope.compare.compare import compare
from sockscope.compare.entry import Comparison
from sockscope.compare.from_world import side_of
from sockscope.compare.side import Side
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.world.changes import Changes
from sockscope.world.world import World

Word = Literal["new", "changed"]
Told = Literal["new", "changed", "gone"]
_NONE: Counter[Told] = Counter()
_BECOMES = ("comm", "cmdline", "uid", "cgroup", "netns")
"""What of a process is another after exec(2), or when somebody has moved it; all else changes all the time."""


class Since:
    """A marked moment of a world, and what is another since."""

    def __init__(self, world: World) -> None:
        """Mark the moment at which `world` is."""
        self.before: Side = side_of(world)
        self.words: dict[ProcessKey | DescriptorKey, Word] = {}
        """Of each row that is another, in what way. What is gone is no row."""
        self._world = world
        self._processes: dict[ProcessKey, Process] = dict(world.processes)
        self._gone: set[ProcessKey | DescriptorKey] = set()
        """What was there at the moment and is not any more."""
        self._by_process: dict[ProcessKey, Counter[Told]] = {}
        """How many descriptors of a process are told in each way; only of those that have any."""

    @property
    def time(self) -> float:
        """When it was, in seconds since the epoch."""
        return self.before.time

    def compare(self) -> tuple[Side, Comparison]:
        """Return how it is now, and what is another, matched by what it is for."""
        after = side_of(self._world)
        return after, compare(self.before, after)

    def take(self, changes: Changes) -> None:
        """Follow what a frame has changed, once the world has applied it."""
        for closed in _numbered(changes.descriptors_closed):
            self._went(closed)
        for ended in changes.processes_ended:
            self._went(ended)
        for process in changes.processes_new:
            self._came(process)
        for process in changes.processes_changed:
            self._became(process)
        for opened in _numbered(changes.descriptors_new):
            self._came(opened)
        for moved in _numbered(changes.descriptors_moved):
            if self.words.get(moved) != "new":
                self._say(moved, "changed")

    def word(self, key: object) -> Word | Literal[""]:
        """Say in what way a row is another, "" where it is not, or is no process or descriptor."""
        return self.words.get(key, "") if isinstance(key, ProcessKey | DescriptorKey) else ""

    def inside(self, process: ProcessKey) -> Counter[Told]:
        """Count the descriptors of a process that are another, by in what way. Kept, not built: do not change it."""
        return self._by_process.get(process, _NONE)

    def _went(self, key: ProcessKey | DescriptorKey) -> None:
        was_there = self.words.get(key) != "new"
        self._forget(key)
        if was_there:
            self._gone.add(key)
            self._count(key, "gone", 1)

    def _came(self, key: ProcessKey | DescriptorKey) -> None:
        # A number that was open at the moment leads elsewhere, however often it was closed since.
        known = key in self._gone
        if known:
            self._gone.discard(key)
            self._count(key, "gone", -1)
        self._say(key, "changed" if known else "new")

    def _became(self, key: ProcessKey) -> None:
        before, now = self._processes.get(key), self._world.processes.get(key)
        if before is None or now is None:
            return
        if any(getattr(before, name) != getattr(now, name) for name in _BECOMES):
            self._say(key, "changed")
        else:
            self._forget(key)

    def _say(self, key: ProcessKey | DescriptorKey, word: Word) -> None:
        self._forget(key)
        self.words[key] = word
        self._count(key, word, 1)

    def _forget(self, key: ProcessKey | DescriptorKey) -> None:
        word = self.words.pop(key, None)
        if word is not None:
            self._count(key, word, -1)

    def _count(self, key: ProcessKey | DescriptorKey, word: Told, more: int) -> None:
        if isinstance(key, DescriptorKey):
            counts = self._by_process.setdefault(key.process, Counter())
            counts[word] += more
            if not any(counts.values()):
                del self._by_process[key.process]


def _numbered(keys: Iterable[DescriptorKey]) -> Iterator[DescriptorKey]:
    """Leave out what is used without a descriptor: it comes and goes as somebody wants it listed."""
    return (key for key in keys if key.fd >= 0)
