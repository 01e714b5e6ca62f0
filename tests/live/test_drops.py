"""What a UDP socket drops is counted by the kernel, and told in its row, in JSON and to the filter."""

import os
import socket
from contextlib import closing

import pytest

from tests.live.commandline import answer, places, show


@pytest.mark.needs("udp_diag")
def test_datagrams_that_find_no_room_are_counted() -> None:
    with (
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender,
    ):
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.bind(("127.0.0.1", 0))
        for _ in range(100):
            sender.sendto(b"x" * 1000, deaf.getsockname())
        got = 0
        deaf.setblocking(False)
        report = show(os.getpid(), deaf.fileno())
        found = answer("snapshot", "--pid", os.getpid(), "--filter", "drops:>0")["descriptors"]
        while True:
            try:
                deaf.recv(2000)
            except BlockingIOError:
                break
            got += 1
        dropped = 100 - got
        assert 0 < report["socket"]["drops"] == dropped
        assert report["descriptor"]["text"].endswith(f"  {dropped} dropped")
        assert places(found) == {(os.getpid(), deaf.fileno())}
        assert show(os.getpid(), sender.fileno())["socket"]["drops"] == 0
