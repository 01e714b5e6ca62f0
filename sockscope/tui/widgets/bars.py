"""The lines at the top and bottom: which machine, how much of it is seen, how the collector fares, which keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.events import Click
from textual.strip import Strip

from sockscope.model.coverage import Coverage
from sockscope.tui.commands.hints import Hint
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.widgets.ink import CUT, Inked, Span
from sockscope.world.world import World

READING: Span = ("reading …", "dim")
LEAST_REASON = 24
"""Cells that the reason for an alarm gets on any screen."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the header says."""

    host: str = ""
    coverage: Coverage = field(default_factory=Coverage)
    interval: float = 0.0
    scan_ms: float = 0.0
    selection: str = ""
    """Which part of the machine is listed ("3 pids"), or "" for all of it."""
    stretched: float = 0.0
    """Seconds between refreshes while looking takes too long for `interval`, else 0."""
    previewed: bool = False
    """Whether only processes are known so far: of descriptors and what is hidden nothing can be said."""
    unread: bool = False
    """Whether nothing is known so far."""
    tells_more: str = ""
    """The key that tells what is not seen."""
    found: tuple[int, int] = (0, 0)
    """How much was found to be sick, and how much suspect."""
    tells_found: str = ""
    """The key that tells what."""
    replay: str = ""
    """The time that is shown of a recording, "" for now."""


def standing(
    world: World,
    interval: float,
    keys: KeyNames,
    selection: str = "",
    found: tuple[int, int] = (0, 0),
    replay: str = "",
) -> Standing:
    """Return what the header says of a world."""
    host = world.hello.host if world.hello is not None else ""
    stats = world.stats
    stretched = stats.interval if stats.interval > stats.asked_interval > 0 else 0.0
    return Standing(
        host,
        world.coverage,
        interval,
        stats.scan_ms,
        selection,
        stretched,
        world.previewed,
        unread=not world.seq,
        tells_more=keys.of("app.coverage"),
        found=found,
        tells_found=keys.of("app.findings"),
        replay=replay,
    )


def header_spans(state: Standing, width: int) -> list[Span]:
    """Write the header for a width in cells: what is least needed goes first where room is short."""
    coverage = state.coverage
    name: list[Span] = [(" sockscope", "title"), (f" · {state.host}" if state.host else "", "")]
    if state.replay:
        name = [(f" replay of {state.host} · {state.replay} ", "past")]
    numbers = [f"{coverage.processes:,} processes", f"{coverage.descriptors:,} descriptors"]
    pace = "" if state.replay else f"{_interval(state)} · scan {state.scan_ms:.0f} ms"
    sight = _sight(coverage, state.tells_more)
    found = _found(state)
    selection: list[list[Span]] = [*found, [(state.selection, "accent")]] if state.selection else found
    if state.unread:
        return _first_that_fits([[name, *selection, [READING]], [name, [READING]]], width, otherwise=name)
    if state.previewed or coverage.waiting_processes:
        reading = [READING] if state.previewed else [_reading(coverage)]
        return _first_that_fits(
            [[name, *selection, [(numbers[0], "")], reading], [name, reading], [name, [READING]]], width, otherwise=name
        )
    full = " · ".join([*numbers, f"{coverage.sockets:,} sockets"])
    choices: list[list[list[Span]]] = [
        [name, *selection, [(full, "")], *([[(pace, "dim")]] if pace else []), [sight]],
        [name, *selection, [(" · ".join(numbers), "")], *([[(pace, "dim")]] if pace else []), [sight]],
        [name, *selection, [(" · ".join(numbers), "")], [sight]],
        [name, *found, [(numbers[0], "")], [sight]],
        [name, *found, [sight]],
    ]
    return _first_that_fits(choices, width, otherwise=name)


def _reading(coverage: Coverage) -> Span:
    """Say how far the first picture has come."""
    read = coverage.processes - coverage.waiting_processes
    return f"{READING[0]} {read:,} of {coverage.processes:,} processes read", "dim"


def _first_that_fits(choices: list[list[list[Span]]], width: int, *, otherwise: list[Span]) -> list[Span]:
    return next((spans for choice in choices if _cells(spans := _ruled(choice)) <= width), otherwise)


def _found(state: Standing) -> list[list[Span]]:
    """Count what is wrong, with the key that tells what; nothing where nothing is."""
    told = [(count, word) for count, word in zip(state.found, ("sick", "suspect"), strict=True) if count]
    if not told:
        return []
    words = " · ".join(f"{count} {word}" for count, word in told)
    return [[(f"{words} · {state.tells_found}", "bad" if state.found[0] else "warn")]]


def _sight(coverage: Coverage, key: str) -> Span:
    """Say whether anything is missing, and the key that tells what."""
    if coverage.unreadable_processes:
        return f"{coverage.unreadable_processes:,} unreadable · {key}", "warn"
    if coverage.partly_read:
        return f"{coverage.partly_read:,} partly read · {key}", "warn"
    if coverage.notes:
        return f"blind spots · {key}", "warn"
    return "all visible", "good"


def _interval(state: Standing) -> str:
    asked = f"{state.interval:g} s"
    shown = round(state.stretched, 1)
    # What is longer by less than is written, or by a twentieth, is as it was asked for.
    longer = shown > state.interval and state.stretched > state.interval * 1.05
    return f"{shown:.1f} s instead of {asked}" if longer else asked


def _ruled(parts: list[list[Span]]) -> list[Span]:
    spans: list[Span] = []
    for part in parts:
        if spans:
            spans.append((" ── ", "rule"))
        spans += part
    return spans


def _cells(spans: list[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)


class Alarm(NamedTuple):
    """What is wrong with the picture: the reason, and what follows from it, which is not cut for a long reason."""

    reason: str = ""
    role: str = "bad"
    follows: str = ""

    def spans(self, width: int) -> list[Span]:
        """Write it for a width in cells."""
        room = max(LEAST_REASON, width - cell_len(self.follows) - 1)
        short = self.reason if cell_len(self.reason) <= room else f"{set_cell_size(self.reason, room - 1)}{CUT}"
        return [(f" {short}{self.follows}", self.role)]


class Bar(Inked):
    """One line of spans that are worked out for the width it has."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start blank."""
        super().__init__(id=id)
        self._write: Callable[[int], list[Span]] = lambda _width: []
        self._shown: list[Span] = []

    def write(self, write: Callable[[int], list[Span]]) -> None:
        """Show what `write` returns for a width in cells; redraw only if that differs."""
        self._write = write
        if write(self.size.width) != self._shown:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        self._shown = self._write(width) if y == 0 else []
        return self.strip(self._shown, width)


class HintBar(Bar):
    """Names keys; a click on one is as good as the key."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start without keys."""
        super().__init__(id=id)
        self._hints: Sequence[Hint] = ()

    def name_keys(self, hints: Sequence[Hint]) -> None:
        """Name these keys, as many as fit."""
        self._hints = hints
        self.write(lambda width: hint_spans(hints, width))

    def on_click(self, event: Click) -> None:
        """Press the key that was clicked."""
        end = LEFT
        for hint in fitting(self._hints, self.size.width):
            start, end = end, end + _cells(_hint(hint))
            if start <= event.x < end:
                self.app.simulate_key(hint.key)
            end += BETWEEN


LEFT, BETWEEN = 1, 2
"""Cells before the first key, and between two."""


def fitting(hints: Sequence[Hint], width: int) -> list[Hint]:
    """Return the keys that there is room for: the first ones, and always the last (help)."""
    *others, last = hints
    room = width - _cells(_hint(last)) - LEFT
    taken = LEFT
    found: list[Hint] = []
    for hint in others:
        taken += _cells(_hint(hint)) + BETWEEN
        if taken > room:
            break
        found.append(hint)
    return [*found, last]


def hint_spans(hints: Sequence[Hint], width: int) -> list[Span]:
    """Write the keys that there is room for."""
    spans: list[Span] = []
    for hint in fitting(hints, width):
        spans += [(" " * (BETWEEN if spans else LEFT), ""), *_hint(hint)]
    return spans


def _hint(hint: Hint) -> list[Span]:
    return [(hint.written, "key"), (f" {hint.label}", "dim")]
