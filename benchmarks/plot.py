"""Cost against the number of descriptors, as an SVG on logarithmic axes."""

from math import log10
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 420, 70, 30, 170, 50
LOW, HIGH = -3, 1
"""Powers of ten of the seconds."""
COLOURS = {
    "sockscope, one picture": "#1a7f5a",
    "lsof +E": "#b3541e",
    "lsfd": "#7a5ea8",
    "sockscope, one refresh": "#2a6fdb",
}

LINE = 15
"""Height of a line of text."""
FONT = 'font-family="sans-serif" font-size="12"'


def _x(descriptors: float) -> float:
    return LEFT + (log10(descriptors) - 3) / 2 * (WIDTH - LEFT - RIGHT)


def _y(seconds: float) -> float:
    return TOP + (HIGH - log10(seconds)) / (HIGH - LOW) * (HEIGHT - TOP - BOTTOM)


def series(result: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """Return the points of each line: descriptors and seconds."""
    lines: dict[str, list[tuple[float, float]]] = {name: [] for name in COLOURS}
    for total, found in result.items():
        lines["sockscope, one refresh"].append((float(total), found["refresh"]))
        for tool, seconds in found["cold"].items():
            lines["sockscope, one picture" if tool == "sockscope" else tool].append((float(total), seconds))
    return {name: points for name, points in lines.items() if points}


def _axes() -> list[str]:
    parts = []
    for power in range(LOW, HIGH + 1):
        y = _y(10.0**power)
        text = f"{10**power:g} s" if power >= 0 else f"{10 ** (power + 3):g} ms"
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    for descriptors in (1_000, 10_000, 100_000):
        x = _x(descriptors)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{descriptors:,}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 10}">descriptors of the load, 100 a process</text>')
    return parts


def _apart(wanted: dict[str, float]) -> dict[str, float]:
    """Move names that would stand over each other apart, downwards, from where their lines end."""
    placed: dict[str, float] = {}
    lowest = -LINE
    for name, y in sorted(wanted.items(), key=lambda item: item[1]):
        lowest = placed[name] = max(y, lowest + LINE)
    return placed


def draw(result: dict[str, Any], path: Path) -> None:
    """Write the plot of a result of `growth`."""
    parts = _axes()
    drawn = series(result)
    beside = _apart({name: _y(points[-1][1]) for name, points in drawn.items()})
    for name, points in drawn.items():
        colour = COLOURS[name]
        places = [(_x(descriptors), _y(seconds)) for descriptors, seconds in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1][0], beside[name]
        parts.append(f'<text x="{x + 10:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>'
    background = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    path.write_text("\n".join([head, background, *parts, "</svg>"]) + "\n", encoding="utf-8")
