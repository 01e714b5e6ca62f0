"""Addresses for made-up sockets, from the text that a user would see."""

from ipaddress import ip_address

from sockscope.model.address import (
    ANY_CID,
    Address,
    InternetAddress,
    LinkAddress,
    NetlinkAddress,
    UnixName,
    VsockAddress,
)


def unix_name(text: str) -> UnixName | None:
    """A path, `@name` for an abstract one, "" for none."""
    if not text:
        return None
    name = text.encode("utf-8", "surrogateescape")
    return UnixName(b"\0" + name[1:] if text.startswith("@") else name)


def internet(text: str) -> InternetAddress | None:
    """`127.0.0.1:80`, `[::1]:80`, `[fe80::1%eth0]:80`, `*:80` for the `::` of both versions, "" for none."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if host == "*":
        return InternetAddress(bytes(16), int(port), dual=True)
    name, _, device = host.removeprefix("[").removesuffix("]").partition("%")
    return InternetAddress(ip_address(name).packed, int(port), device)


def vsock(text: str) -> VsockAddress | None:
    """`2:1024`, `*` for any, "" for none."""
    if not text:
        return None
    cid, port = (ANY_CID if word == "*" else int(word) for word in text.split(":"))
    return VsockAddress(cid, port)


def netlink(text: str) -> NetlinkAddress | None:
    """`route portid 7`, `route`, `kernel`, `portid 7`, "" for none."""
    if not text:
        return None
    name, _, portid = text.rpartition("portid ")
    return NetlinkAddress(
        "" if text == "kernel" else name.strip(), int(portid) if name != text and portid.isdigit() else 0
    )


def link(text: str) -> LinkAddress | None:
    """`eth0 proto 0x0003`, `eth0 queue 3`, "" for none."""
    if not text:
        return None
    device, word, number = text.split(" ")
    return LinkAddress(device, int(number, 0)) if word == "proto" else LinkAddress(device, queue=int(number))


def address(family: str, text: str) -> Address | None:
    """Read an address of a family."""
    readers = {"unix": unix_name, "vsock": vsock, "netlink": netlink, "packet": link, "xdp": link}
    return readers.get(family, internet)(text)
