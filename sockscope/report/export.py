"""What is shown, as a document to keep: JSON, one record a line, or a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Literal, get_args

from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from sockscope.report.encoding import to_json
from sockscope.report.selection import Selection
from sockscope.report.snapshot import snapshot_document, snapshot_lines
from sockscope.world.describe import kind_label, row_text
from sockscope.world.waits import wait_words
from sockscope.world.world import World

Form = Literal["json", "ndjson", "csv"]
FORMS: tuple[str, ...] = get_args(Form)
COLUMNS = (
    "pid",
    "comm",
    "user",
    "pgid",
    "tty",
    "fd",
    "access",
    "kind",
    "text",
    "local",
    "remote",
    "state",
    "ino",
    "holders",
    "waits",
)
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula; names come from anyone."""


def form_of(path: str) -> Form:
    """Tell the form by the end of a file's name; JSON unless that says otherwise."""
    ending = path.rpartition(".")[2].lower()
    return "csv" if ending == "csv" else "ndjson" if ending in {"ndjson", "jsonl"} else "json"


def export_text(world: World, selection: Selection, form: Form) -> str:
    """Write what is selected; JSON and NDJSON are those of `snapshot` (docs/json.md), CSV has `COLUMNS`."""
    if form == "csv":
        return _csv(world, selection)
    if form == "ndjson":
        return b"".join(piece() for piece in snapshot_lines(world, selection)).decode()
    return to_json(snapshot_document(world, selection))


def _csv(world: World, selection: Selection) -> str:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(COLUMNS)
    for process in selection.processes(world):
        for descriptor in selection.descriptors(world, process.key):
            writer.writerow(_cells(world, process, descriptor))
    return page.getvalue()


def _cells(world: World, process: Process, descriptor: Descriptor) -> Iterator[str | int]:
    """One row, in the order of `COLUMNS`."""
    socket = world.socket_of(descriptor)
    yield process.pid
    yield from map(_plain, (process.comm, process.user))
    yield process.pgid
    yield _plain(process.tty)
    yield descriptor.fd
    yield descriptor.access
    yield from map(_plain, (kind_label(world, descriptor), row_text(world, descriptor)))
    yield from map(_plain, (socket.local_plain, socket.remote_text, socket.state) if socket else ("", "", ""))
    yield "" if descriptor.inode is None else descriptor.inode
    yield "" if descriptor.unproven else world.holder_count(descriptor.object)
    yield _plain(wait_words(world.waits.get(process.key)))


def _plain(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would calculate."""
    return f"'{text}" if text.startswith(FORMULA) else text
