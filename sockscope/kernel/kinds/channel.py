"""Channels between processes: sockets, pipes, message queues."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, numbers


def _parse_socket(lines: Lines) -> Fields:
    # Linux 5.6, unix sockets only: descriptors in its receive queue (`SCM_RIGHTS`), not received yet.
    return numbers(lines, {b"scm_fds": ("scm_fds", 10)})


FAMILIES = (
    Family("socket", prefixes=(b"socket",), parse=_parse_socket),
    Family("pipe", prefixes=(b"pipe",)),
    Family("fifo"),
    Family("mqueue"),
)
