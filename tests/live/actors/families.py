"""One socket of each family that this kernel makes, with what is true of it."""

import os
import socket
import sys

import stage

ETH_P_ALL = 3
IPPROTO_MPTCP, IPPROTO_UDPLITE = 262, 136
AF_XDP = 44


def netlink():
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    opened.bind((0, 1 | 4))
    return opened, {"portid": opened.getsockname()[0]}


def packet():
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    opened.bind(("lo", ETH_P_ALL))
    opened.setsockopt(263, 18, 7)  # SOL_PACKET, PACKET_FANOUT: group 7, by hash
    return opened, {}


def udplite():
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, IPPROTO_UDPLITE)
    opened.bind(("127.0.0.1", 0))
    return opened, {"port": opened.getsockname()[1]}


def raw():
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP), {}


def vsock():
    return socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM), {}


def xdp():
    return socket.socket(AF_XDP, socket.SOCK_RAW), {}


def unbound():
    return socket.socket(socket.AF_INET6, socket.SOCK_STREAM), {}


def mptcp():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    client.connect(listener.getsockname())
    accepted, _ = listener.accept()
    stage.keep([listener, accepted])
    return client, {
        "port": listener.getsockname()[1],
        "listener": stage.here(listener.fileno()),
        "accepted": stage.here(accepted.fileno()),
    }


opened, truth = globals()[sys.argv[1]]()
stage.keep(opened)
stage.tell(socket=stage.here(opened.fileno()), netns=os.stat("/proc/self/ns/net").st_ino, **truth)
