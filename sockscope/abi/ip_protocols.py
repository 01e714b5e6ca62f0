"""IP protocols by name (`/etc/protocols`)."""

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str

_PROTOCOLS = {
    1: "icmp",
    2: "igmp",
    6: "tcp",
    17: "udp",
    47: "gre",
    50: "esp",
    51: "ah",
    58: "icmp6",
    89: "ospf",
    103: "pim",
    112: "vrrp",
    132: "sctp",
    255: "raw",
}
"""Those that raw sockets are commonly made for."""


def ip_protocol(number: int) -> Clean:
    """Name an IP protocol, or write its number where it has no name here."""
    return clean_str(_PROTOCOLS.get(number) or str(number))
