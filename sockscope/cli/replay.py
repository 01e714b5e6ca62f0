"""The explorer on a recording."""

from functools import partial
from typing import TYPE_CHECKING, Any

from sockscope.cli.explore import open_explorer
from sockscope.cli.recorded import look_asked, read_opened
from sockscope.cli.recording_arguments import replay_parser
from sockscope.cli.requirements import check_filter, require_terminal

if TYPE_CHECKING:
    from sockscope.feed.stream import Feed
    from sockscope.privileges.scribe import Scribe


def replay(words: list[str]) -> int:
    """Open the explorer on a recording and return its exit code.

    Raises:
        CommandError: there is no terminal, the file is no recording, or there is no way to give rights up.
        UsageError: the words make no sense.
    """
    options = replay_parser().read(words)
    options.interval = None
    check_filter(options.filter)
    require_terminal()
    chosen: dict[str, Any] = {"filter": options.filter}
    if options.group_by is not None:
        chosen["group_by"] = options.group_by
    return open_explorer(options, chosen, partial(_divided, options.file, options.at))


def _divided(path: str, at: str) -> "tuple[Feed, Scribe]":
    """Give every right up, and return the feed of a recording and what writes the user's files.

    Raises:
        CommandError: they could not be given up, or the file is no recording.
    """
    from sockscope.privileges.division import reading_with_a_scribe
    from sockscope.report.new_file import written_new

    scribes: list[Scribe] = []

    def opened() -> int:
        file, scribe = reading_with_a_scribe(path, written_new)
        scribes.append(scribe)
        return file

    recording = read_opened(opened, path)
    number = look_asked(recording, at)
    from sockscope.feed.recorded import RecordedFeed

    return RecordedFeed(recording, number), scribes[0]
