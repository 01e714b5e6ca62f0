"""Where a thread sleeps that opens a FIFO, or whose use of a file somebody has to allow; and which end it opens."""

from collections.abc import Sequence

from sockscope.abi.open_flags import Access, access

FOR_PARTNER = frozenset({b"wait_for_partner"})
"""`wchan` of who opens one end of a FIFO while nobody has the other open (fs/pipe.c, `fifo_open`)."""
FOR_ANSWER = frozenset({b"fanotify_get_response", b"fanotify_handle_event"})
"""`wchan` of who waits for a permission event (fs/notify/fanotify/fanotify.c); the first is mostly inlined."""

_FLAGS = {"open": 1, "openat": 2, "open_by_handle_at": 2}
"""Which argument holds the flags; those of openat2(2) lie in memory."""


def opened_for(call: str, arguments: Sequence[int]) -> Access:
    """Return which ends of a FIFO a call opens, by its registers; "" where they do not tell."""
    if call == "creat":
        return "w"
    position = _FLAGS.get(call, len(arguments))
    return access(arguments[position]) if position < len(arguments) else ""
