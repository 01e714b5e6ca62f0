"""Filters about sockets that no descriptor leads to: found where all that is asked is about sockets."""

import pytest

from sockscope.model.socket import Socket
from sockscope.world.filter.parsing import parse
from sockscope.world.filter.unheld import accepts_unheld
from tests.world.build import inet, unix, world

WAITING = inet(0, "127.0.0.1:80", "127.0.0.1:9", state="TIME_WAIT")
LISTENER = inet(7, "0.0.0.0:80", queue=3)
PATH = unix(8, local="/run/x.sock", state="LISTEN")


def accepted(text: str, socket: Socket) -> bool:
    accepts = accepts_unheld(world(socket), parse(text))
    return accepts is not None and accepts(socket)


@pytest.mark.parametrize(
    ("text", "socket", "listed"),
    [
        ("state:time-wait port:80", WAITING, True),
        ("state:time-wait port:81", WAITING, False),
        ("state:time-wait -port:81", WAITING, True),
        ("state:listen|time-wait", WAITING, True),
        ("state:listen | port:9", WAITING, True),
        ("state:listen", WAITING, False),
        ("port:80", WAITING, False),
        ("port:80", LISTENER, True),
        ("state:time-wait 127.0.0.1:9", WAITING, True),
        ("state:time-wait 127.0.0.1:9999", WAITING, False),
        ("state:time-wait -user:root", WAITING, False),
        ("state:time-wait user:root", WAITING, False),
        ("state:time-wait | user:root", WAITING, True),
        ("-user:root", WAITING, False),
        ("time_wait", WAITING, False),
        ("kind:tcp", LISTENER, False),
        ("queue:>2", LISTENER, True),
        ("ino:7", LISTENER, True),
        ("local:0.0.0.0 kind:tcp", LISTENER, True),
        ("remote:127.0.0.1 state:time-wait family:inet", WAITING, True),
        ("proto:udp state:listen", LISTENER, False),
        ("path:/run/*.sock", PATH, True),
        ("path:/tmp/*", PATH, False),
        ("port:80", PATH, False),
        ("netns:77 port:80", LISTENER, False),
    ],
)
def test_a_socket_of_nobody_is_listed_where_a_socket_was_asked_for(text: str, socket: Socket, listed: bool) -> None:
    assert accepted(text, socket) is listed
