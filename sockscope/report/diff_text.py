"""The text of `diff`."""

from collections.abc import Iterator

from sockscope.abi.strings import Clean
from sockscope.abi.text import cut
from sockscope.compare.entry import Comparison, Entry
from sockscope.compare.side import Side
from sockscope.report.diff_words import apart_text, counts_text, entry_text, notes

SHOWN = 100
"""Entries of each part that are written."""
PARTS = {"process": "Processes", "descriptor": "Descriptors", "socket": "Sockets that no descriptor leads to"}


def diff_text(
    sources: tuple[Clean, Clean], before: Side, after: Side, found: Comparison, width: int | None = None
) -> str:
    """Write what is another, lines cut to `width` characters, None leaves them whole."""
    lines = [apart_text(before, after), counts_text(found)]
    if found.equal:
        lines.append("Nothing is another.")
    for subject, title in PARTS.items():
        of_part = [one for one in found.entries if one.subject == subject]
        if of_part:
            lines += ["", title, *_part(of_part)]
    said = notes(sources, before, after, found)
    if said:
        lines += ["", *(f"! {one}" for one in said)]
    return "".join(f"{cut(line, width or 0)}\n" for line in lines)


def _part(entries: list[Entry]) -> Iterator[str]:
    yield from (f"  {entry_text(one)}" for one in entries[:SHOWN])
    if len(entries) > SHOWN:
        yield f"  … and {len(entries) - SHOWN:,} more; --format json lists them all"
