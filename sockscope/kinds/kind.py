"""What is known of one kind of descriptor: every fact of it, named and explained once."""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct, field

from sockscope.kinds.lines import Lines, plain
from sockscope.model.descriptor import CleanFields, Fields

Colour = Literal["net", "unix", "pipe", "event", "tty", "file", "other"]
"""A role that themes give a colour: one for each family of kinds, not for each kind."""

Words = Callable[[str, Fields], str]
"""Says something of a descriptor from its link's text and its decoded fields, of which any may be missing."""


def _target(target: str, _fields: Fields) -> str:
    return target


class Kind(Struct, frozen=True):
    """One kind of descriptor. What most kinds are is the default; a kind states what it is beyond that."""

    name: str
    """As rows, JSON and the filter call it."""
    sentence: Words
    """One sentence without its full stop."""
    phrase: Words = _target
    """A few words for a row, or "" where nothing is known; the text of the link unless there is better."""
    tells: str = ""
    """What is decoded, for the manual."""
    since: str = "any"
    """First Linux release that makes it, and after a semicolon those that tell more; for the manual."""

    # How it is known.
    anon: tuple[bytes, ...] = ()
    """Names behind `anon_inode:` that mean it, with brackets where the kernel writes them."""
    prefixes: tuple[bytes, ...] = ()
    """What stands before `:[inode]` in a link that means it."""
    paths: tuple[bytes, ...] = ()
    """Patterns (without groups) of whole links that begin with `/` and mean it."""
    keys: tuple[bytes, ...] = ()
    """Keys of fdinfo that no other kind writes, where the link is a path that does not tell."""
    decode: Callable[[Lines], CleanFields] = plain
    """Read the lines of fdinfo that not every kind has. Skips what it does not understand, raises nothing."""

    # What one object of it is.
    one_object: str = "kcmp"
    """What tells two of them apart, for the manual. `kcmp`: nothing in `/proc` does."""
    mounted: bool = False
    """Whether its link is the path of an inode in a mounted file system, so that mount, type and name are looked up.
    The links of memfds and shared buffers look like paths, but their mounts are the kernel's own."""
    own_inode: bool = False
    """Whether its inode, which nothing but this object has, tells one object from another. False where many sit on one:
    all anonymous files on one of the kernel's (unless fdinfo shows another), all pty masters on `/dev/ptmx`."""
    reopened: bool = False
    """Whether one object may be open as several files (open file descriptions, each with flags of its own), because
    its path, or `/proc/PID/fd/N`, can be opened once more. An epoll watches one of the files, so for these the object
    alone does not say what is watched. Sockets and anonymous files have no `open()` (fs/inode.c, `no_open_fops`). A
    pidfd has: each pidfd_open(2) makes a file of its own on the one inode of its process (fs/pidfs.c, Linux 6.9)."""
    has_offset: bool = False
    """Whether an offset is part of an open file, which is what is shared, or not, by those who hold one object."""
    two_ended: bool = False
    """Whether both ends are one object, told apart by the access mode: those who hold it do not all hold the same."""
    pty: bool = False
    """Whether it is an end of a pseudoterminal, or may be: known by the number of the pseudoterminal."""
    settled: bool = False
    """Whether nothing in its description changes while name, inode, mount and flags stay: it is not made anew."""

    # What it means to those who hold it.
    connects: bool = True
    """Whether two processes that hold one object have something to do with each other: it was inherited or handed
    over, or was opened to meet. False for what anybody opens by name for himself, as `/dev/null` or a library:
    holders of one are not told as related, and the object stands behind all others."""
    everyday: bool = False
    """Whether nearly every process has one, or many hold the same as a matter of course (the terminal of a session, a
    namespace), or nothing is known of it: neither that it is there nor how many hold it says anything, so rows count
    it last and do not say `×3`. All that does not connect is everyday; a terminal is, although it connects."""

    # How it is shown.
    colour: Colour = "other"
    short: str = ""
    """Its name in a column of 10 cells, "" where it fits."""
    shortest: str = ""
    """Its name in a column of 8 cells, "" where `short` or the name fits or may be cut."""
    labels: Mapping[str, Colour] = field(default_factory=dict)
    """What users call its varieties, each with its colour: `tcp`, `unix`."""
