"""How many sockets of each protocol a network namespace has: `/proc/PID/net/protocols` (net/core/sock.c)."""

_NAME, _SOCKETS = 0, 2


def parse_protocols(data: bytes) -> dict[str, int]:
    """Parse the table into protocol name to number of sockets; 0 also where a protocol does not count its own.

    Sockets in TIME_WAIT are in no count.
    """
    counts: dict[str, int] = {}
    for line in data.splitlines()[1:]:
        fields = line.split()
        if len(fields) > _SOCKETS and fields[_SOCKETS].isdigit():
            counts[fields[_NAME].decode("ascii", "replace")] = int(fields[_SOCKETS])
    return counts
