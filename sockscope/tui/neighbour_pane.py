"""The processes that share something with the selected ones or talk to them, with what lies between."""

from itertools import islice

from rich.cells import cell_len

from sockscope.model.confidence import Confidence
from sockscope.tui.ink import Span
from sockscope.tui.section import PaneLine, Section, evidence, text_line, wrapped
from sockscope.tui.signs import SIGN_ROLES
from sockscope.tui.surroundings import AT_REST, Surroundings
from sockscope.world.relations import Neighbour
from sockscope.world.world import World

MAX_NEIGHBOURS = 200
INDENT = "    "


def neighbour_section(world: World, around: Surroundings, width: int) -> list[Section]:
    """List the neighbours of the selected process or group; nothing where it has none."""
    if around.neighbours is None:
        why = f"not looked for among more than {AT_REST:,} descriptors" if around.too_many else "looking …"
        return [Section("Neighbours", (text_line(why, "dim"),))]
    if not around.neighbours:
        return []
    lines: list[PaneLine] = []
    for neighbour in islice(around.neighbours, MAX_NEIGHBOURS):
        lines += _neighbour(world, neighbour, around.highlight.marks.get(neighbour.process, " "), width)
    rest = len(around.neighbours) - MAX_NEIGHBOURS
    if rest > 0:
        lines.append(text_line(f"… and {rest:,} more: n walks through them", "dim"))
    return [Section("Neighbours", tuple(lines), len(around.neighbours))]


def _neighbour(world: World, neighbour: Neighbour, sign: str, width: int) -> list[PaneLine]:
    process = world.processes.get(neighbour.process)
    name = process.title if process is not None else ""
    role = SIGN_ROLES.get(sign, "")
    first: tuple[Span, ...] = ((f"{sign} ", role), (f"{neighbour.process.pid}  ", "accent"), (name, ""))
    lines = [PaneLine(first, neighbour.process)]
    for confidence in dict.fromkeys(link.confidence for link in neighbour.links):
        links = ", ".join(link.phrase for link in neighbour.links if link.confidence == confidence)
        lines += _between(links, confidence, width)
    return lines


def _between(links: str, confidence: Confidence, width: int) -> list[PaneLine]:
    """Write what lies between, and how sure all of it is; below it where both do not fit side by side."""
    *above, last = wrapped(links, width - len(INDENT), "dim")
    sure: tuple[Span, ...] = ((", ", "dim"), *evidence(confidence))
    tail = (*last.spans, *sure)
    fits = len(INDENT) + sum(cell_len(text) for text, _ in tail) <= width
    spans = [line.spans for line in above] + ([tail] if fits else [last.spans, evidence(confidence)])
    return [PaneLine(((INDENT, ""), *each)) for each in spans]
