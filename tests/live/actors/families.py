"""One socket of each family that this kernel makes, with what is true of it."""

import os
import socket
import sys

import stage

ETH_P_ALL = 3
IPPROTO_MPTCP, IPPROTO_UDPLITE = 262, 136
AF_XDP = 44
NETLINK_USERSOCK = 2
CLONE_NEWNET = 0x4000_0000


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


def ping():
    """In a namespace of our own: there, who may ping is ours to say."""
    stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
    with open("/proc/sys/net/ipv4/ping_group_range", "w", encoding="ascii") as allowed:
        allowed.write(f"{os.getgid()} {os.getgid()}")
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    opened.bind(("0.0.0.0", 0))
    return opened, {"id": opened.getsockname()[1]}


def netlink_pair():
    """Two user processes on one protocol: a socket that is connected to the portid of the child's."""

    def listen():
        other = stage.keep(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_USERSOCK))
        other.bind((0, 0))
        return {**stage.here(other.fileno()), "portid": other.getsockname()[0]}

    child = stage.child(listen)
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_USERSOCK)
    opened.connect((child["portid"], 0))
    return opened, {"portid": opened.getsockname()[0], "child": child}


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
