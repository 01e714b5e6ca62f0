"""TCP connections whose other end is gone, or takes nothing any more."""

from collections.abc import Iterable
from itertools import islice

from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look
from sockscope.findings.rule import Rule
from sockscope.model.address import InternetAddress
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket

NAME = "half-open"
SECONDS = 60.0
REFUTED = {True: "that the address is rewritten on its way (NAT)", False: "that the other end is slow"}
"""What explains either sign alone: that there is no other end, or that nothing is acknowledged."""
MOST_ASKED = 512
"""Connections to this machine itself whose other ends are looked for at one look, those with unsent data before all."""
MOST_SENDING = 2048
"""Connections with data on the way that are followed."""
_MAPPED = bytes(10) + b"\xff\xff"
_ONE = bytes(15) + b"\1"
_V4_BYTES, _NET = 4, 127


def _find(look: Look) -> Iterable[Finding]:
    """Find what has stalled, and what has no other end; two in one are more than either."""
    left = MOST_ASKED
    sending = (one for one in look.established if one.send_q > 0 and one.protocol == "tcp")
    for socket in islice(sending, MOST_SENDING):
        home = _is_home(socket)
        left -= home
        if left >= 0 or not home:
            yield from _of_connection(look, socket, home=home)
    resting = (one for one in look.established if one.send_q <= 0 and one.protocol == "tcp" and _is_home(one))
    for socket in islice(resting, max(left, 0)):
        yield from _of_connection(look, socket, home=True)


def _of_connection(look: Look, socket: Socket, *, home: bool) -> Iterable[Finding]:
    holders = look.world.socket_holders(socket.ino) if socket.ino else ()
    if not holders:
        return
    stalled = _stalled_since(look, socket)
    alone = home and not look.world.peers_of(socket)
    missing = look.held("half-open alone", socket.key).since if alone else look.world.time
    gone = look.world.time - missing >= SECONDS
    stalls = stalled > 0 and look.world.time - stalled >= SECONDS
    # Who is on this machine and does not read is told of by rules that know who it is.
    if gone or (stalls and not home):
        yield _finding(look, socket, holders[0], stalled if stalls else 0.0, missing if gone else 0.0)


def _is_home(socket: Socket) -> bool:
    """Whether a connection leads back to this machine: to a loopback address (RFC 1122, RFC 4291), or to its own.

    Who connects to an address of an interface of this machine gets that address for himself, too.
    """
    local, remote = socket.local, socket.remote
    if not isinstance(local, InternetAddress) or not isinstance(remote, InternetAddress):
        return False
    host = remote.host.removeprefix(_MAPPED)
    return host == local.host.removeprefix(_MAPPED) or host == _ONE or (len(host) == _V4_BYTES and host[0] == _NET)


def _stalled_since(look: Look, socket: Socket) -> float:
    """Return since when the same number of bytes has not been acknowledged, 0 where none is."""
    return look.held(NAME, (socket.key, socket.send_q)).since if socket.send_q > 0 else 0.0


def _finding(look: Look, socket: Socket, holder: DescriptorKey, stalled: float, missing: float) -> Finding:
    """A network may rewrite addresses, and a reader be slow: either alone has a harmless explanation."""
    both = stalled > 0 and missing > 0
    what = "has no other end on this machine" if missing else f"has not acknowledged {socket.send_q:,} bytes"
    evidence = []
    if missing:
        evidence.append(f"{socket.remote_text} is an address of this machine, and no socket is the other end of it")
    if stalled:
        evidence.append(
            f"the same {socket.send_q:,} bytes have not been acknowledged for {look.world.time - stalled:.0f} s"
        )
    return Finding(
        rule=NAME,
        severity="suspect" if both else "note",
        confidence="inferred",
        id=finding_id(NAME, socket.key),
        subjects=(holder,),
        sentence=f"the connection of {look.name(holder.process)} with {socket.remote_text} is established and {what}",
        evidence=tuple(evidence),
        refuted_by="" if both else REFUTED[missing > 0],
        since=max(stalled, missing),
    )


RULE = Rule(NAME, "a connection whose other end is gone or takes nothing", _find, looks=2, seconds=SECONDS)
