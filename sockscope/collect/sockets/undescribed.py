"""How many held sockets no namespace describes, and of how many it is sure that they lie in one that was not seen."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sockscope.model.socket import Socket

LISTED_WHOLE = frozenset({"unix", "netlink", "packet"})
"""Families of which a dump of a network namespace has every socket (`unix_diag_dump`, `__netlink_diag_dump`,
`packet_diag_dump` of net/). Internet sockets that are bound to nothing are in no table of theirs."""


class Undescribed(NamedTuple):
    """Held sockets of which no interface says more than a name."""

    anyhow: int
    """Of which not even the name of the protocol is known."""
    elsewhere: int
    """Of which a namespace that was looked into would have told."""


def undescribed(sockets: Iterable[Socket], unlisted: Collection[str]) -> Undescribed:
    """Count the sockets that nothing describes; `unlisted` are labels of families that could not be listed."""
    whole = LISTED_WHOLE.difference(unlisted)
    nameless = elsewhere = 0
    for socket in sockets:
        nameless += not socket.source
        elsewhere += socket.source == "sockprotoname" and socket.family in whole
    return Undescribed(nameless, elsewhere)
