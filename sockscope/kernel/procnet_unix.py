"""Unix sockets as `/proc/PID/net/unix` lists them: names and inodes, no peers, no cookies, no queues.

The kernel writes names as they are, so one that holds a newline breaks its line and can pretend to be
another row (net/unix/af_unix.c, unix_seq_show).
"""

import re
from collections import Counter

from sockscope.abi.socket_states import CLOSE, ESTABLISHED, LISTEN
from sockscope.abi.strings import Raw
from sockscope.kernel.diag.unix import UnixSocket

_ROW = re.compile(
    rb"^[0-9a-f]{8,16}: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2}) +(\d{1,10})(?: (.*))?$"
)
_ACCEPTING = 0x10000
"""`__SO_ACCEPTCON` of `linux/net.h`."""
_CONNECTED = 3
"""`SS_CONNECTED`."""


def parse_unix(data: Raw) -> list[UnixSocket]:
    """Parse the file; what no row begins belongs to the name before it. Every cookie and peer is 0.

    Two rows with one inode mean that a name pretends to be a row: neither is believed.
    """
    rows: list[UnixSocket] = []
    for line in data.split(b"\n")[1:]:
        found = _ROW.match(line)
        if found is not None:
            rows.append(_row(found[1], found[2], found[3], found[4], None if found[5] is None else Raw(found[5])))
        elif line and rows and rows[-1].name is not None:
            rows[-1] = rows[-1]._replace(name=rows[-1].name + b"\n" + line)
    counts = Counter(row.ino for row in rows)
    return [row for row in rows if counts[row.ino] == 1]


def _row(flags: bytes, kind: bytes, state: bytes, ino: bytes, name: Raw | None) -> UnixSocket:
    listening = int(flags, 16) & _ACCEPTING
    connected = int(state, 16) == _CONNECTED
    return UnixSocket(
        ino=int(ino),
        cookie=0,
        type=int(kind, 16),
        state=LISTEN if listening else ESTABLISHED if connected else CLOSE,
        name=_bound(name),
        vfs=(0, 0),
        peer=0,
        pending=(),
        recv_queue=-1 if listening else 0,
        send_queue=-1 if listening else 0,
        shutdown=0,
        uid=-1,
    )


def _bound(name: Raw | None) -> Raw | None:
    """Undo the `@` that stands for the leading NUL; a relative path may begin with one too, and is rarer."""
    if not name:
        return None
    return b"\0" + name[1:] if name.startswith(b"@") else name
