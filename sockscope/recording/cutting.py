"""A part of a recording, as a recording of its own."""

from sockscope.frames.messages import Hello
from sockscope.recording.layout import RecordingError
from sockscope.recording.reader import Recording
from sockscope.recording.writer import Writer


def cut(recording: Recording, first: int, last: int, writer: Writer) -> None:
    """Write some looks, and the picture before them, so that each says what it said in the whole.

    Blocks that cannot be read to their end are left where they cannot: what follows them begins anew.

    Args:
        recording: what to take them of.
        first: number of the first look.
        last: number of the last one.
        writer: of an empty file.

    Raises:
        OSError: they could not be written.
        RecordingError: not one could be read.
    """
    number, failed = first, None
    while number <= last:
        try:
            for at, message in recording.numbered(number, last):
                if isinstance(message, Hello):
                    writer.greet(message)
                elif at is None:
                    writer.stand_on(message)
                else:
                    writer.take(message, recording.looks[at].head.elapsed)
                    number = at + 1
        except RecordingError as error:
            failed = error
            block = recording.looks[number].block
            number = next((n for n in range(number, last + 1) if recording.looks[n].block != block), last + 1)
    writer.end_block()
    if failed is not None and not writer.looks:
        raise failed
