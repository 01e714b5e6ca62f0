"""The looks of a recording in which one row became something else, found by their marks and then made sure of."""

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from sockscope.frames.messages import Frame
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.recording.changed import mark_of, mark_of_socket
from sockscope.recording.layout import RecordingError
from sockscope.recording.picture import Picture
from sockscope.recording.reader import Recording

Key = ProcessKey | DescriptorKey


def next_change(recording: Recording, keys: Sequence[Key], number: int, step: int, ino: int = 0) -> int | None:
    """Return the number of the next look, or the one before, in which one of some rows became something else.

    Args:
        recording: what to search.
        keys: the rows.
        number: where to begin; the look itself is not meant.
        step: 1 for later ones, -1 for those before.
        ino: inode of the socket that a descriptor leads to, whose state and other end count as its own; 0 for none.

    Returns:
        None where there is no such look. Of blocks that cannot be read nothing is known.
    """
    marks = {*map(mark_of, keys), *([mark_of_socket(ino)] if ino else [])}
    block = recording.looks[number].block
    first_of = _first_looks(recording)
    while 0 <= block < len(recording.blocks):
        if block in first_of and _may_change(recording, block, marks):
            found = [first_of[block] + ordinal for ordinal in _changes(recording, block, keys, ino)]
            if step > 0:
                later = [one for one in found if one > number]
                if later:
                    return later[0]
            else:
                before = [one for one in found if one < number]
                if before:
                    return before[-1]
        block += step
    return None


def _first_looks(recording: Recording) -> dict[int, int]:
    first: dict[int, int] = {}
    for number, look in enumerate(recording.looks):
        first.setdefault(look.block, number - look.ordinal)
    return first


def _may_change(recording: Recording, block: int, marks: set[int]) -> bool:
    changed = recording.blocks[block].changed()
    return changed is None or not marks.isdisjoint(changed)


def _changes(recording: Recording, number: int, keys: Sequence[Key], ino: int) -> Iterator[int]:
    """Yield the ordinals of the looks of a block in which a row became something else, as far as it can be read."""
    block, picture = recording.open_block(number), Picture()
    tells = [_told_of(key, ino) for key in keys]
    try:
        for message in block.begin():
            if isinstance(message, Frame):
                picture.apply(message)
        before = [tell(picture) for tell in tells]
        begun = picture.known
        for ordinal in range(len(recording.blocks[number].rows)):
            picture.apply(block.next())
            after = [tell(picture) for tell in tells]
            if after != before and begun:
                yield ordinal
            before, begun = after, True
    except RecordingError:
        return


def _told_of(key: Key, ino: int) -> Callable[[Picture], object]:
    """Return what tells of a row all that counts: not whether a process runs right now, nor how full a queue is."""
    if isinstance(key, ProcessKey):
        return lambda picture: _process(picture, key)

    def descriptor(picture: Picture) -> object:
        found = picture.tables.get(key.process, {}).get(key.fd)
        sockets = [one for one in picture.sockets.values() if one.ino == ino] if ino else []
        return found, [(one.key, one.state, one.remote) for one in sockets]

    return descriptor


def _process(picture: Picture, key: ProcessKey) -> object:
    found = picture.processes.get(key)
    return None if found is None else replace(found, state="")
