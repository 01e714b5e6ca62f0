"""A side of a comparison, from the JSON of a snapshot that somebody has kept: bytes that anybody may have written."""

from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str, cut
from sockscope.compare.side import Side

MAX_BYTES = 512 << 20
"""Of a document: what a million descriptors take."""
SCHEMA = "sockscope/1"
_ECHO = 60
_One = TypeVar("_One", bound=Struct)


class NoSnapshotError(Exception):
    """The bytes are no snapshot that can be read: one line that says why."""


class _Schema(Struct):
    """What is read first, whatever else there is."""

    schema: str = ""


_schema = msgspec.json.Decoder(_Schema)
_side = msgspec.json.Decoder(Side)


def read_side(data: bytes) -> Side:
    """Read what `snapshot --format json` prints. Each text is cleaned once more: it is nobody's promise here.

    Raises:
        NoSnapshotError: it is something else, of another version, or too much.
    """
    if len(data) > MAX_BYTES:
        msg = f"more than {MAX_BYTES >> 20} MiB, which no snapshot has"
        raise NoSnapshotError(msg)
    try:
        schema = _schema.decode(data).schema
        if schema != SCHEMA:
            raise NoSnapshotError(_foreign(schema))
        side = _side.decode(data)
    except msgspec.ValidationError as error:
        msg = f"no snapshot: {_said(error)}"
        raise NoSnapshotError(msg) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = "records of ndjson; keep a snapshot with --format json" if _many(data) else f"no JSON: {_said(error)}"
        raise NoSnapshotError(msg) from None
    return replace(
        _cleaned(side),
        processes=tuple(map(_cleaned, side.processes)),
        descriptors=tuple(map(_cleaned, side.descriptors)),
        sockets=tuple(map(_cleaned, side.sockets)),
    )


def _foreign(schema: str) -> str:
    if not schema:
        return "JSON, but no snapshot of sockscope"
    return f"of the schema {cut(ascii(schema), _ECHO)}; this sockscope reads {SCHEMA}"


def _said(error: Exception) -> str:
    return cut(clean_str(str(error)), 3 * _ECHO)


def _many(data: bytes) -> bool:
    return data.startswith(b'{"record":"header"')


def _cleaned(record: _One) -> _One:
    """Clean the texts of a record. Nearly all are clean, and then the record stays the one that it is."""
    changed = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, str):
            made: Clean | tuple[Clean, ...] = clean_str(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], str):
            made = tuple(map(clean_str, value))
        else:
            continue
        if made != value:
            changed[name] = made
    return replace(record, **changed) if changed else record
