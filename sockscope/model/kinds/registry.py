"""The one table of all kinds in words."""

from sockscope.model.kinds import (
    bpf,
    channels,
    confinement,
    counters,
    files,
    io_uring,
    memory,
    others,
    watchers,
)
from sockscope.model.kinds.words import Words

ALL: tuple[Words, ...] = (
    *channels.WORDS,
    *watchers.WORDS,
    *counters.WORDS,
    *io_uring.WORDS,
    *bpf.WORDS,
    *memory.WORDS,
    *files.WORDS,
    *confinement.WORDS,
    *others.WORDS,
)

BY_KIND = {words.kind: words for words in ALL}
