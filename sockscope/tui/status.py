"""The lines at the top and bottom: which machine, how much of it is seen, how the collector fares, which keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from textual.strip import Strip

from sockscope.model.coverage import Coverage
from sockscope.tui.ink import Inked, Span
from sockscope.world.world import World

READING: Span = ("reading …", "dim")


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


def standing(world: World, interval: float, selection: str = "") -> Standing:
    """Return what the header says of a world."""
    host = world.hello.host if world.hello is not None else ""
    stats = world.stats
    stretched = stats.interval if stats.interval > stats.asked_interval > 0 else 0.0
    return Standing(host, world.coverage, interval, stats.scan_ms, selection, stretched, world.previewed)


def header_spans(state: Standing, width: int) -> list[Span]:
    """Write the header for a width in cells: what is least needed goes first where room is short."""
    coverage = state.coverage
    name: list[Span] = [(" sockscope", "title"), (f" · {state.host}" if state.host else "", "")]
    numbers = [f"{coverage.processes:,} processes", f"{coverage.descriptors:,} descriptors"]
    pace = f"{_interval(state)} · scan {state.scan_ms:.0f} ms"
    sight = _sight(coverage)
    selection: list[list[Span]] = [[(state.selection, "accent")]] if state.selection else []
    if state.previewed:
        return _first_that_fits(
            [[name, *selection, [(numbers[0], "")], [READING]], [name, [READING]]], width, otherwise=name
        )
    full = [" · ".join([*numbers, f"{coverage.sockets:,} sockets"]), pace]
    choices: list[list[list[Span]]] = [
        [name, *selection, [(full[0], "")], [(full[1], "dim")], [sight]],
        [name, *selection, [(" · ".join(numbers), "")], [(pace, "dim")], [sight]],
        [name, *selection, [(" · ".join(numbers), "")], [sight]],
        [name, [(numbers[0], "")], [sight]],
        [name, [sight]],
    ]
    return _first_that_fits(choices, width, otherwise=name)


def _first_that_fits(choices: list[list[list[Span]]], width: int, *, otherwise: list[Span]) -> list[Span]:
    return next((spans for choice in choices if _cells(spans := _ruled(choice)) <= width), otherwise)


def _sight(coverage: Coverage) -> Span:
    """Say whether anything is missing, and the key that tells what."""
    if coverage.unreadable_processes:
        return f"{coverage.unreadable_processes:,} unreadable · !", "warn"
    if coverage.notes:
        return "blind spots · !", "warn"
    return "all visible", "good"


def _interval(state: Standing) -> str:
    if state.stretched:
        return f"{state.stretched:.1f} s instead of {state.interval:g} s"
    return f"{state.interval:g} s"


def _ruled(parts: list[list[Span]]) -> list[Span]:
    spans: list[Span] = []
    for part in parts:
        if spans:
            spans.append((" ── ", "rule"))
        spans += part
    return spans


def _cells(spans: list[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)


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


def hint_spans(hints: Sequence[tuple[str, str]], width: int) -> list[Span]:
    """Write key hints, as many as fit; the last one (help) always."""
    *others, last = hints
    room = width - _cells(_hint(last)) - 1
    spans: list[Span] = [(" ", "")]
    for hint in others:
        piece = [*_hint(hint), ("  ", "")]
        if _cells(spans) + _cells(piece) > room:
            break
        spans += piece
    return [*spans, *_hint(last)]


def _hint(hint: tuple[str, str]) -> list[Span]:
    return [(hint[0], "key"), (f" {hint[1]}", "dim")]
