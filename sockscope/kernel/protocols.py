"""How many sockets of each protocol a network namespace has: `protocols` and `sockstat` below `/proc/PID/net`."""

from collections.abc import Callable

from sockscope.abi.strings import Raw
from sockscope.abi.text import clean

TIME_WAIT = "TIME_WAIT"
"""What is counted apart from all names of protocols: TCP sockets that are closed and wait."""
TCP_NAMES = ("TCP", "TCPv6")
_NAME, _SOCKETS = 0, 2
_TCP, _WAITING = b"TCP: ", b" tw "


def read_counts(read: Callable[[str], Raw]) -> dict[str, int]:
    """Count the sockets of a namespace by protocol name; `read` reads a file of its directory `net`.

    Where no TCP socket is counted, `TIME_WAIT` is as well, if it can be: to list none takes a walk of the machine's
    whole table of TCP sockets, some milliseconds for each namespace.

    Raises:
        OSError: nothing could be read.
    """
    counts = parse_protocols(read("protocols"))
    if counts and not any(counts.get(name) for name in TCP_NAMES):
        try:
            waiting = parse_time_waits(read("sockstat"))
        except OSError:
            return counts  # then there may be some
        if waiting >= 0:
            counts[TIME_WAIT] = waiting
    return counts


def parse_protocols(data: Raw) -> dict[str, int]:
    """Parse the table of net/core/sock.c into protocol name to number of sockets; 0 also where none are counted.

    Sockets in TIME_WAIT are in no count.
    """
    counts: dict[str, int] = {}
    for line in data.splitlines()[1:]:
        fields = line.split()
        if len(fields) > _SOCKETS and fields[_SOCKETS].isdigit():
            counts[clean(fields[_NAME])] = int(fields[_SOCKETS])
    return counts


def parse_time_waits(data: Raw) -> int:
    """Return how many TCP sockets `sockstat` counts in TIME_WAIT, or closed and waiting for the other end; -1 unknown.

    Those of the namespace, before Linux 6.1 of the whole machine (net/ipv4/proc.c, `sockstat_seq_show`).
    """
    for line in data.splitlines():
        if line.startswith(_TCP):
            count = line.partition(_WAITING)[2].partition(b" ")[0]
            return int(count) if count.isdigit() else -1
    return -1
