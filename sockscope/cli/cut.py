"""A part of a recording into a smaller one: what `cut` does."""

import os
from typing import TYPE_CHECKING

from sockscope.cli import streams
from sockscope.cli.exit_codes import DENIED, OK, USAGE
from sockscope.cli.recorded import look_asked, read_opened
from sockscope.cli.recording_arguments import cut_parser
from sockscope.cli.refusal import CommandError
from sockscope.cli.values import UsageError

if TYPE_CHECKING:
    from sockscope.report.own_file import OwnFile


def cut(words: list[str]) -> int:
    """Write a part of a recording and return the exit code.

    Raises:
        CommandError: one of the files cannot be opened, or the part is empty.
        UsageError: the words make no sense.
    """
    options = cut_parser().read(words)
    if not options.output:
        msg = "-o says where the smaller recording goes (see sockscope cut --help)"
        raise UsageError(msg)
    from sockscope.privileges.division import reading
    from sockscope.report.new_file import NewFileError
    from sockscope.report.own_file import open_own

    files: list[OwnFile] = []
    try:
        recording = read_opened(
            lambda: reading(options.file, opened=lambda: files.append(open_own(options.output))), options.file
        )
    except NewFileError as error:
        raise CommandError(str(error), DENIED) from error
    (file,) = files
    if os.fstat(file.descriptor).st_size:
        msg = f"{file.path} exists already; nothing was written"
        raise CommandError(msg, DENIED)
    first = look_asked(recording, getattr(options, "from"), "--from") if getattr(options, "from") else 0
    last = look_asked(recording, options.to, "--to")
    if last < first:
        msg = "--to is before --from"
        raise CommandError(msg, USAGE)
    from sockscope.kinds.quantities import size
    from sockscope.recording.cutting import cut as write_part
    from sockscope.recording.layout import RecordingError
    from sockscope.recording.writer import Writer

    writer = Writer(file.descriptor)
    try:
        write_part(recording, first, last, writer)
    except RecordingError as error:
        raise CommandError(str(error), DENIED) from error
    streams.write(f"{writer.looks} look{'' if writer.looks == 1 else 's'} in {file.path} ({size(writer.size)})")
    return OK
