"""The lists below /proc/PID/net: as this kernel writes them, as a hostile name breaks them, and any bytes."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.socket_states import ESTABLISHED, LISTEN, tcp_state
from sockscope.kernel.diag import inet
from sockscope.kernel.diag.transport import DiagSocket
from sockscope.kernel.procnet import parse_inet
from sockscope.kernel.procnet_link import parse_netlink, parse_packet
from sockscope.kernel.procnet_unix import parse_unix
from sockscope.kernel.protocols import TIME_WAIT, parse_protocols, parse_time_waits, read_counts
from tests.live.conftest import wait_until

TCP = b"""\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:22B8 00000000:0000 0A 00000000:00000003 00:00000000 00000000   101        0 9001 1 0 100 0 0 10 0
   1: 0100007F:22B8 0200007F:C350 01 0000000A:00000005 00:00000000 00000000     0        0 9002 1 0 20 4 30 10 -1
   2: 0100007F:22B8 0300007F:C351 06 00000000:00000000 03:000017AF 00000000     0        0 0 3 0
"""
UNIX = b"""\
Num       RefCount Protocol Flags    Type St Inode Path
00000000a1b2c3d4: 00000002 00000000 00010000 0001 01  4001 /run/x.sock
00000000a1b2c3d5: 00000003 00000000 00000000 0001 03  4002
00000000a1b2c3d6: 00000002 00000000 00000000 0002 01  4003 @abstract name
00000000a1b2c3d7: 00000002 00000000 00000000 0005 01  4004 /tmp/two
lines
"""
NETLINK = b"""\
sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
000000009a6a7415 15  23335      80000001 512      0        0     2        0        732745
"""
PACKET = b"""\
sk               RefCnt Type Proto  Iface R Rmem   User   Inode
00000000c0c108c9 3      3    88cc   2     1 3332   104    732746
"""


def ino(sock: socket.socket) -> int:
    return os.fstat(sock.fileno()).st_ino


def test_tcp_rows_have_addresses_states_queues_and_inodes() -> None:
    listener, connection, closed = parse_inet(TCP)
    assert (listener.local, listener.local_port, tcp_state(listener.state)) == (b"\x7f\0\0\1", 8888, "LISTEN")
    assert (listener.recv_queue, listener.send_queue, listener.uid, listener.ino) == (3, -1, 101, 9001)
    assert (connection.remote, connection.remote_port) == (b"\x7f\0\0\2", 50000)
    assert (connection.recv_queue, connection.send_queue) == (5, 10)
    assert (tcp_state(closed.state), closed.ino, closed.cookie) == ("TIME_WAIT", 0, 0)


def test_a_name_with_a_newline_stays_one_name() -> None:
    listener, connected, abstract, broken = parse_unix(UNIX)
    assert (listener.name, listener.state, listener.type) == (b"/run/x.sock", LISTEN, 1)
    assert (connected.name, connected.state) == (None, ESTABLISHED)
    assert (abstract.name, abstract.type) == (b"\0abstract name", 2)
    assert (broken.name, broken.type) == (b"/tmp/two\nlines", 5)


def test_a_name_that_pretends_to_be_another_socket_is_not_believed() -> None:
    forged = UNIX + b"00000000a1b2c3d8: 00000002 00000000 00010000 0001 01  4001 /run/forged\n"
    assert 4001 not in {row.ino for row in parse_unix(forged)}
    assert 4002 in {row.ino for row in parse_unix(forged)}


def test_netlink_and_packet_rows_have_what_identifies_them() -> None:
    (netlink,) = parse_netlink(NETLINK)
    assert (netlink.protocol, netlink.portid, netlink.groups, netlink.ino) == (15, 23335, (1, 32), 732745)
    assert netlink.recv_queue == 512
    (packet,) = parse_packet(PACKET)
    assert (packet.protocol, packet.interface, packet.uid, packet.ino) == (0x88CC, 2, 104, 732746)


def test_this_kernel_lists_the_same_sockets_as_it_dumps() -> None:
    with socket.create_server(("127.0.0.1", 0)) as v4, socket.create_server(("::1", 0), family=socket.AF_INET6) as v6:
        for name, sock in (("tcp", v4), ("tcp6", v6)):
            with DiagSocket() as diag:
                dumped = {row.ino: row for row in inet.dump(diag, sock.family, socket.IPPROTO_TCP)}
            listed = {row.ino: row for row in parse_inet(Path(f"/proc/self/net/{name}").read_bytes())}
            one, other = dumped[ino(sock)], listed[ino(sock)]
            assert (one.family, one.local, one.local_port, one.state) == (
                other.family,
                other.local,
                other.local_port,
                other.state,
            )


def test_this_kernel_lists_unix_sockets_with_their_names(tmp_path) -> None:
    name = os.fsencode(tmp_path / "new\nline")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as path, socket.socket(socket.AF_UNIX) as abstract:
        path.bind(name)
        abstract.bind(b"\0sockscope-procnet-%d" % os.getpid())
        abstract.listen()
        rows = {row.ino: row for row in parse_unix(Path("/proc/self/net/unix").read_bytes())}
        assert rows[ino(path)].name == name
        assert rows[ino(abstract)].name == b"\0sockscope-procnet-%d" % os.getpid()
        assert rows[ino(abstract)].state == LISTEN


def test_this_kernel_counts_sockets_by_protocol() -> None:
    before = parse_protocols(Path("/proc/self/net/protocols").read_bytes())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        after = parse_protocols(Path("/proc/self/net/protocols").read_bytes())
    assert {"TCP", "UDP", "NETLINK"} <= set(after)
    assert after["UDP"] >= 1
    assert set(before) <= set(after)


def test_connections_in_time_wait_are_counted_where_no_other_is() -> None:
    table = b"protocol size sockets\nTCP 1 {} -1\nTCPv6 1 0 -1\nUNIX 1 3 -1\n"
    files = {
        "protocols": table.replace(b"{}", b"0"),
        "sockstat": b"sockets: used 9\nTCP: inuse 0 orphan 0 tw 2 mem 0\n",
    }
    assert read_counts(files.__getitem__)[TIME_WAIT] == 2
    files["sockstat"] = b"TCP: inuse 0\n"
    assert TIME_WAIT not in read_counts(files.__getitem__), "what nobody counts there may be"
    files["protocols"] = table.replace(b"{}", b"1")
    del files["sockstat"]
    assert read_counts(files.__getitem__) == {"TCP": 1, "TCPv6": 0, "UNIX": 3}


def test_the_kernel_counts_connections_in_time_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        accepted.shutdown(socket.SHUT_WR)
        client.shutdown(socket.SHUT_WR)
        accepted.close()
    wait_until(lambda: parse_time_waits(Path("/proc/self/net/sockstat").read_bytes()) > 0)


@pytest.mark.parametrize(
    "parse", [parse_inet, parse_unix, parse_netlink, parse_packet, parse_protocols, parse_time_waits]
)
@given(data=st.binary(max_size=400))
def test_no_bytes_stop_a_parser(parse, data) -> None:
    for sample in (TCP, UNIX, NETLINK, PACKET):
        parse(sample + data)
        parse(sample[: len(data)] + data)
