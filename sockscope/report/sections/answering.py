"""Why another end does not answer: what its holder does meanwhile, and what lies unread between the two."""

from collections.abc import Iterator

from sockscope.kinds.quantities import duration
from sockscope.model.keys import ProcessKey
from sockscope.model.queue_meaning import queue_meaning, queue_phrases
from sockscope.model.socket import Socket
from sockscope.model.wait import ProcessWaits
from sockscope.report.sections.section import Line, Span
from sockscope.world.pace import cpu_percent
from sockscope.world.waits import wait_words
from sockscope.world.world import World

BUSY = 80
"""Percent of a processor from which a process is too busy to be said to run and no more."""
LEAST = 1.0
"""Seconds that a wait has to have stood still before it is said for how long."""
INDENT = "    "
_NS = 1_000_000_000


def doing(world: World, key: ProcessKey) -> Iterator[Line]:
    """Say what a process does that could answer; nothing of one of which nothing is known.

    What its threads wait in is as of the last look (`/proc/PID/task/TID/syscall`), and so is the processor time.
    """
    spans = [*_waits(world, world.waits.get(key)), *_runs(world, key), *_wrong(world, key)]
    if spans:
        apart = [span for one in spans for span in ((" · ", "dim"), one)][1:]
        yield Line(((INDENT, ""), *apart))


def _waits(world: World, said: ProcessWaits | None) -> Iterator[Span]:
    words = wait_words(said)
    if said is None or not words:
        return
    still = min(world.time - wait.since for wait in said.waits)
    long = f" for {duration(int(still) * _NS)}" if len(said.waits) == said.threads and still >= LEAST else ""
    yield f"{words}{long}", "warn" if all(wait.halted for wait in said.waits) else "kind-event"


def _runs(world: World, key: ProcessKey) -> Iterator[Span]:
    said, share = world.waits.get(key), cpu_percent(world, key)
    if share is not None and share >= BUSY:
        yield f"busy: {share}% of a processor", "warn"
    elif said is not None and said.running and not said.waits:
        yield "runs", "good"


def _wrong(world: World, key: ProcessKey) -> Iterator[Span]:
    for told in world.found.get(key, ()):
        yield f"{told.severity}: {told.rule}", "bad" if told.severity == "sick" else "warn"


def unread(here: Socket | None, there: Socket | None) -> Iterator[Line]:
    """Say what was sent and is not read, on both sides of a connection, in words that claim no more than is known."""
    both = [("here", here), ("there", there)]
    phrases = [(side, queue_phrases(socket)) for side, socket in both if socket is not None]
    for side, said in phrases:
        if said:
            yield Line(((f"{INDENT}{side}: ", "dim"), ("; ".join(said), "warn")))
    exact = [socket is not None and queue_meaning(socket).receiving == "bytes" for _, socket in both]
    if all(exact) and not any(said for _, said in phrases):
        yield Line(((f"{INDENT}nothing unread in either direction", "dim"),))
