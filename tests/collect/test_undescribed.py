"""Which sockets lie in a network namespace that could not be seen, and of which that is not sure."""

import pytest

from sockscope.collect.sockets.socket_values import nameless_socket
from sockscope.collect.sockets.undescribed import Undescribed, undescribed
from sockscope.model.socket import Socket
from tests.world.build import unix


@pytest.mark.parametrize(
    ("socket", "found"),
    [
        (nameless_socket(1, 0, "NETLINK"), Undescribed(0, 1)),
        (nameless_socket(1, 0, "UNIX-STREAM"), Undescribed(0, 1)),
        (nameless_socket(1, 0, "PACKET"), Undescribed(0, 0)),
        (nameless_socket(1, 0, "TCP"), Undescribed(0, 0)),
        (nameless_socket(1, 0, "ALG"), Undescribed(0, 0)),
        (nameless_socket(1, 0, ""), Undescribed(1, 0)),
        (unix(1), Undescribed(0, 0)),
    ],
)
def test_only_what_every_namespace_would_list_is_sure_to_lie_elsewhere(socket: Socket, found: Undescribed) -> None:
    assert undescribed([socket], {"packet"}) == found
