"""The two sides of a comparison as they were typed: files that are opened as the user, and read without any right.

A file is opened before rights are given up, and not one byte of it is understood before that.
"""

import errno
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str
from sockscope.cli import streams
from sockscope.cli.exit_codes import DENIED, MISSING, USAGE
from sockscope.cli.refusal import CommandError
from sockscope.privileges.invoker import Invoker, acting_as

if TYPE_CHECKING:
    from sockscope.compare.side import Side

LIVE, STANDARD_INPUT = "live", "-"
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO})
_MEANT = {LIVE: "this machine, now", STANDARD_INPUT: "standard input"}
_RECORDING = b"sockscope.recording\n"
"""What a recording begins with."""


class Source(NamedTuple):
    """One side as it was typed."""

    word: Clean
    moment: str
    """Of a recording, as `--from` and `--to` have it."""
    file: int
    """Where it is read from; -1 for this machine."""

    @property
    def live(self) -> bool:
        """Whether it is this machine, now."""
        return self.file < 0

    @property
    def name(self) -> Clean:
        """What it is called where something is said of it."""
        return clean_str(f"{self.word} at {self.moment}") if self.moment else self.word


def open_sources(before: str, after: str, since: str, to: str, invoker: Invoker | None) -> tuple[Source, Source]:
    """Open what was typed for either side, as the user who asked; without `after` both are moments of one recording.

    Raises:
        CommandError: they make no sense together, or one is not there, or cannot be opened.
        RightsError: this process cannot act as the user.
    """
    if not after and not since:
        msg = "AFTER is missing: live, or another file (see sockscope diff --help); a recording alone takes --from"
        raise CommandError(msg, USAGE)
    words = before, after or before
    if words[0] == words[1] in _MEANT:
        msg = f"both sides are {before}, {_MEANT[before]}: there is one of that; keep a snapshot and compare with it"
        raise CommandError(msg, USAGE)
    for word, moment, option in ((words[0], since, "--from"), (words[1], to, "--to")):
        if moment and word in _MEANT:
            msg = f"{option} is a moment of a recording, and {word} is {_MEANT[word]}"
            raise CommandError(msg, USAGE)
    with acting_as(invoker):
        return _opened(words[0], since), _opened(words[1], to)


def _opened(word: str, moment: str) -> Source:
    name = clean_str(word)
    try:
        return Source(name, moment, -1 if word == LIVE else _input() if word == STANDARD_INPUT else _file(word))
    except OSError as error:
        msg = f"{name}: {error.strerror or error}"
        raise CommandError(msg, MISSING if error.errno in _ABSENT else DENIED) from error
    except ValueError as error:
        # A name with a NUL in it.
        msg = f"{name}: {error}"
        raise CommandError(msg, USAGE) from error


def _input() -> int:
    # A copy, since reading ends with closing.
    return _checked(os.dup(streams.input().fileno()), "-")


def _file(path: str) -> int:
    # Of a FIFO nobody is waited for, and a terminal does not become ours.
    file = _checked(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK), path)
    os.set_blocking(file, True)
    return file


def _checked(file: int, path: str) -> int:
    """Return a descriptor of what can have an end.

    Raises:
        CommandError: it is of something else.
    """
    mode = os.fstat(file).st_mode
    if stat.S_ISREG(mode) or stat.S_ISFIFO(mode):
        return file
    os.close(file)
    kind = "directory" if stat.S_ISDIR(mode) else "terminal, device or socket"
    msg = f"{clean_str(path)} is a {kind}; a snapshot is a file: sockscope snapshot --format json"
    raise CommandError(msg, USAGE)


def read_source(source: Source) -> "Side":
    """Read what was opened: a recording by its first bytes, else a snapshot. Its descriptor is closed.

    Raises:
        CommandError: it is neither, or the moment is none of it.
    """
    with os.fdopen(source.file, "rb") as stream:
        if stat.S_ISREG(os.fstat(source.file).st_mode) and os.pread(source.file, len(_RECORDING), 0) == _RECORDING:
            return _of_recording(source)
        from sockscope.compare.from_json import MAX_BYTES, NoSnapshotError, read_side

        try:
            side = read_side(stream.read(MAX_BYTES + 1))
        except NoSnapshotError as error:
            msg = f"{source.word} is {error}"
            raise CommandError(msg, USAGE) from error
    if source.moment:
        msg = f"{source.word} is a snapshot and has one moment; --from and --to are for recordings"
        raise CommandError(msg, USAGE)
    return side


def _of_recording(source: Source) -> "Side":
    from sockscope.compare.from_world import side_of
    from sockscope.recording.layout import RecordingError
    from sockscope.recording.moments import MomentError, check_moment, find_look
    from sockscope.recording.reader import Recording

    try:
        check_moment(source.moment)
    except MomentError as error:
        raise CommandError(str(error), USAGE) from error
    try:
        with Recording(os.dup(source.file)) as recording:
            return side_of(recording.world_at(find_look(recording, source.moment)))
    except MomentError as error:
        msg = f"{source.word}: {error}"
        raise CommandError(msg, MISSING) from error
    except RecordingError as error:
        msg = f"{source.word}: {error}"
        raise CommandError(msg, DENIED) from error
