"""sock_diag beyond the dumps of the first families: exact questions, details, netlink, packet, MPTCP, and any bytes."""

import os
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.diag import inet, netlink, packet, tcp_info, vsock, xdp
from sockscope.kernel.diag.transport import Datagram, DiagSocket

TCP, UDP = socket.IPPROTO_TCP, socket.IPPROTO_UDP


@pytest.fixture
def diag():
    with DiagSocket() as opened:
        yield opened


def ino(sock: socket.socket) -> int:
    return os.fstat(sock.fileno()).st_ino


def dumped(diag: DiagSocket, sock: socket.socket, protocol: int) -> inet.InetSocket:
    (row,) = [row for row in inet.dump(diag, sock.family, protocol) if row.ino == ino(sock)]
    return row


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_connection_is_found_by_its_addresses_and_cookie_until_it_is_gone(diag, family) -> None:
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.create_server((host, 0), family=family) as listener:
        client = socket.create_connection(listener.getsockname()[:2])
        for sock in (listener, client):
            row = dumped(diag, sock, TCP)
            assert inet.read(diag, row, TCP) == row
        row = dumped(diag, client, TCP)
        assert inet.read(diag, row._replace(cookie=row.cookie + 1), TCP) is None
        client.close()
    assert inet.read(diag, row, TCP) is None


def test_a_connected_datagram_socket_is_found_although_the_kernel_wants_its_ends_swapped(diag) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as other:
        one.bind(("127.0.0.1", 0))
        other.connect(one.getsockname())
        for sock in (one, other):
            row = dumped(diag, sock, UDP)
            assert inet.read(diag, row, UDP) == row


def test_details_of_a_connection_follow_what_it_did(diag) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, socket.create_connection(listener.getsockname()) as client, listener.accept()[0] as accepted:
        client.sendall(b"x" * 1000)
        accepted.recv(1000, socket.MSG_WAITALL)
        name = client.getsockopt(TCP, socket.TCP_CONGESTION, 16).partition(b"\0")[0].decode()
        found = tcp_info.read_details(diag, dumped(diag, client, TCP), TCP)
        assert (found["bytes_sent"], found["congestion"]) == (1000, name)
        assert found["sndbuf"] == client.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        received = tcp_info.read_details(diag, dumped(diag, accepted, TCP), TCP)
        assert received["bytes_received"] == 1000


def test_details_come_from_the_right_one_of_two_sockets_on_one_address(diag) -> None:
    first = socket.create_server(("127.0.0.1", 0), reuse_port=True)
    with first, socket.create_server(first.getsockname(), reuse_port=True) as second:
        second.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 30_000)
        for sock in (first, second):
            found = tcp_info.read_details(diag, dumped(diag, sock, TCP), TCP)
            assert found["rcvbuf"] == sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def test_a_netlink_socket_has_its_portid_and_groups(diag) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as sock:
        sock.bind((0, 1 << 6 | 1))
        (row,) = [row for row in netlink.dump(diag) if row.ino == ino(sock)]
        assert (row.portid, row.groups) == (sock.getsockname()[0], (1, 7))
        assert netlink.PROTOCOLS[row.protocol] == "route"
        assert row.cookie


@pytest.mark.needs("root")
def test_a_packet_socket_has_its_ring_and_its_interface(diag) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.setsockopt(263, 5, struct.pack("=IIII", 4096, 2, 2048, 4))  # SOL_PACKET, PACKET_RX_RING
        sock.bind(("lo", 0x0806))
        (row,) = [row for row in packet.dump(diag) if row.ino == ino(sock)]
        assert row.receive_ring == packet.Ring(4096, 2, 2048, 4)
        assert (row.send_ring, row.fanout, row.protocol) == (None, None, 0x0806)
        assert diag.interface(row.interface) == "lo"


def test_an_interface_that_does_not_exist_has_no_name(diag) -> None:
    assert diag.interface(1 << 30) == ""


@pytest.mark.needs("mptcp")
def test_an_mptcp_connection_has_a_token_and_its_listener_none(diag) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as client:
            client.connect(listener.getsockname())
            rows = {row.ino: row for row in inet.dump(diag, socket.AF_INET, 262)}
            assert rows[ino(client)].token
            assert rows[ino(listener)].token == 0


def test_a_vsock_message_has_both_cids_and_ports() -> None:
    body = struct.pack("=BBBBIIIIIII", 40, 1, 1, 2, 3, 1024, 2, 5000, 77, 0xABCD, 1)
    (row,) = vsock.parse(Datagram(body, [(0, len(body))]))
    assert (row.local_cid, row.local_port, row.remote_cid, row.remote_port) == (3, 1024, 2, 5000)
    assert (row.ino, row.cookie, row.shutdown) == (77, 1 << 32 | 0xABCD, 2)


def test_an_xdp_message_has_its_interface_queue_and_rings() -> None:
    def attribute(kind: int, value: bytes) -> bytes:
        return struct.pack("=HH", 4 + len(value), kind) + value

    body = struct.pack("=BBHIII", 44, 3, 0, 78, 9, 0)
    body += attribute(xdp.INFO, struct.pack("=II", 4, 2)) + attribute(xdp.RX_RING, struct.pack("=I", 2048))
    body += attribute(xdp.UMEM, struct.pack("=QIIIIIIII", 1 << 24, 0, 4096, 4096, 0, 4, 2, 0, 1))
    (row,) = xdp.parse(Datagram(body, [(0, len(body))]))
    assert (row.interface, row.queue, row.receive_entries, row.send_entries) == (4, 2, 2048, 0)
    assert (row.memory, row.uid, row.cookie) == (1 << 24, -1, 9)


def test_an_unlimited_rate_and_an_unset_threshold_are_left_out() -> None:
    info = bytearray(216)
    info[112:120] = b"\xff" * 8
    info[76:80] = (0x7FFFFFFF).to_bytes(4, "little")
    info[68:72] = (1500).to_bytes(4, "little")
    found = tcp_info.parse_tcp_info(bytes(info))
    assert found["rtt_us"] == 1500
    assert "max_pacing_rate" not in found
    assert "ssthresh" not in found


@given(length=st.integers(0, 240))
def test_an_older_kernels_shorter_tcp_info_is_read_as_far_as_it_goes(length) -> None:
    found = tcp_info.parse_tcp_info(bytes(length))
    assert ("rtt_us" in found) == (length >= 72)
    assert ("delivered" in found) == (length >= 196)


@pytest.mark.parametrize("module", [netlink, packet, vsock, xdp])
@given(data=st.binary(max_size=200))
def test_no_bytes_stop_a_parser(module, data) -> None:
    assert len(module.parse(Datagram(data, [(0, len(data))]))) <= 1
