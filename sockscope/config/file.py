"""Reading `config.toml`: every value for itself, so that a bad one costs only itself."""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from platformdirs import user_config_path

from sockscope.abi.text import clean_str
from sockscope.config.settings import Settings

MAX_SIZE = 64 << 10
"""Bytes of a file that is still taken for a configuration."""
LONGEST = 80
"""Characters of the file that a note quotes."""


class Loaded(NamedTuple):
    """Settings, and what was wrong with the file."""

    settings: Settings
    notes: tuple[str, ...]
    """One line for each thing that was wrong, with the file and the key."""


def config_path() -> Path:
    """Return where the file is looked for: `$XDG_CONFIG_HOME/sockscope/config.toml`, by default below `~/.config`."""
    return user_config_path("sockscope") / "config.toml"


def load(path: Path, opened: int | None = None) -> Loaded:
    """Read the file; one that is not there sets nothing.

    To be called by a process that is the user whose file it is: then nothing can be read through it that the
    user could not read, whatever links lead there.

    Args:
        path: where it is.
        opened: what `open_file` returned, where this process may not open it any more. It is closed.
    """
    try:
        text = _read(open_file(path) if opened is None else opened)
    except FileNotFoundError:
        return Loaded(Settings(), ())
    except OSError as error:
        return Loaded(Settings(), (f"{clean_str(str(path))}: cannot be read: {error.strerror}",))
    except ValueError as error:
        return Loaded(Settings(), (f"{clean_str(str(path))}: {error}",))
    return settings_from(text, clean_str(str(path)))


def open_file(path: Path) -> int:
    """Open the file for `load`; a FIFO does not make it wait.

    Raises:
        OSError: it cannot be opened.
    """
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)


def _read(file: int) -> str:
    """Read a regular file, and close it; anything else is refused.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no regular file, too large, or no text.
    """
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_SIZE:
            msg = f"no regular file of at most {MAX_SIZE >> 10} KiB"
            raise ValueError(msg)
        data = os.read(file, MAX_SIZE)
    finally:
        os.close(file)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        msg = f"not UTF-8 at byte {error.start}"
        raise ValueError(msg) from None


def settings_from(text: str, name: str) -> Loaded:
    """Take the settings out of the text of a file called `name`; what is wrong is noted and left out."""
    try:
        return _settings(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as error:
        return Loaded(Settings(), (f"{name}: {_one_line(str(error))}",))
    except ValueError:
        # Of a number only: `int` refuses what would take it long to read.
        return Loaded(Settings(), (f"{name}: a number has too many digits",))
    except RecursionError:
        return Loaded(Settings(), (f"{name}: tables are nested too deeply",))


def _settings(document: Mapping[str, Any], name: str) -> Loaded:
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    values: dict[str, Any] = {}
    notes: list[str] = []
    for key, value in document.items():
        if key not in fields:
            notes.append(f"{name}: {_one_line(key)}: {_unknown(key, fields)}")
        elif key == "keys" and isinstance(value, dict):
            values[key] = dict(_keys(value, "", f"{name}: keys", notes))
        else:
            _take(key, value, fields[key], values, f"{name}: {key}", notes)
    return Loaded(Settings(**values), tuple(notes))


def _take(key: str, value: object, type_: Any, values: dict[str, Any], where: str, notes: list[str]) -> None:
    """Take one value, or note what is wrong with it."""
    try:
        values[key] = msgspec.convert(value, type_, strict=True)
    except msgspec.ValidationError as error:
        notes.append(f"{where}: {_wrong(value, error)}")


def _keys(table: Mapping[str, Any], prefix: str, where: str, notes: list[str]) -> Iterator[tuple[str, str]]:
    """Take the keys one by one; TOML reads the dots of an unquoted id as tables within tables."""
    for name, value in table.items():
        id_ = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _keys(value, f"{id_}.", where, notes)
        elif isinstance(value, str):
            yield id_, value
        else:
            notes.append(f"{where}: {_one_line(id_)}: {_one_line(repr(value))} does not fit: Expected str")


def _unknown(key: str, fields: Mapping[str, Any]) -> str:
    close = get_close_matches(key, fields, n=1)
    return f"no such setting; did you mean {close[0]}?" if close else f"no such setting; there are {', '.join(fields)}"


def _wrong(value: object, error: msgspec.ValidationError) -> str:
    """Say which value is wrong and what was expected, as msgspec puts it."""
    shown = _one_line(repr(value))
    return f"{shown} does not fit: {str(error).replace('`', '')}"


def _one_line(text: str) -> str:
    """Make a text from the file fit to print: on one line, and short."""
    plain = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"
