"""The document of `show PATH` as readable text: what the path leads to, then who uses it, one line for each."""

from collections.abc import Iterable, Iterator

from sockscope.abi.text import cut
from sockscope.report import show_records
from sockscope.report.use_record import UseRecord

USES = {
    "bound": "bound to it",
    "open": "open",
    "opening": "may be waiting to",
    "cwd": "working directory",
    "root": "root directory",
    "exe": "program",
    "mem": "mapped",
    "watch": "watched by inotify",
    "mount": "mounted at",
    "loop": "behind a loop device",
    "lives": "lives in it",
}
"""What each use is called."""
FEW = 3
"""Lines of one process and use that are written out: a process may have hundreds of libraries mapped."""
NOBODY = "nobody who could be asked uses it: open, mapped, as program, working directory or root, watched or mounted"


def file_text(document: show_records.FileReport, width: int | None = None) -> str:
    """Write the document; lines are cut to `width` characters, None leaves them whole."""
    lines = [*_what(document), *_uses(document)]
    lines += [f"! {note}" for note in (*document.notes, *document.coverage.notes)]
    return "".join(cut(line, width or 0) + "\n" for line in lines)


def use_lines(uses: Iterable[UseRecord]) -> Iterator[str]:
    """Write one line for each use, the many of one process counted."""
    written: dict[tuple[int | None, str, bool], int] = {}
    more: dict[tuple[int | None, str, bool], str] = {}
    for use in uses:
        alike = use.pid, use.use, use.on_mount
        written[alike] = written.get(alike, 0) + 1
        if written[alike] <= FEW or use.pid is None:
            yield f"  {_line(use)}"
        else:
            more[alike] = use.comm
    for (pid, use_, on_mount), comm in more.items():
        count = written[pid, use_, on_mount] - FEW
        yield f"  {pid}  {comm}  {USES[use_]}: {count} more; --format json lists them all"


def _line(use: UseRecord) -> str:
    who = "" if use.pid is None else f"{use.pid}" if use.fd is None else f"{use.pid}:{use.fd}"
    return "  ".join(part for part in (who, use.comm, USES[use.use], use.name, use.confidence, use.evidence) if part)


def _what(document: show_records.FileReport) -> Iterator[str]:
    mount = f"root of a mount ({document.mount})" if document.mount else ""
    parts = (document.path, document.kind, mount, f"device {document.device}", f"ino {document.ino}")
    yield "  ".join(part for part in parts if part)


def _uses(document: show_records.FileReport) -> Iterator[str]:
    itself = [use for use in document.uses if not use.on_mount]
    on_mount = [use for use in document.uses if use.on_mount]
    if not document.uses:
        yield NOBODY
    if itself:
        yield f"Used by ({len(itself)})"
        yield from use_lines(itself)
    if on_mount:
        busy = "Uses its file systems" if document.kind == "block-device" else "Keeps the mount busy"
        yield f"{busy} ({len(on_mount)})"
        yield from use_lines(on_mount)
