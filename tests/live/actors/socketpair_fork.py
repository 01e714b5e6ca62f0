"""A socketpair with one end on each side of a fork."""

import socket

import stage

ours, theirs = socket.socketpair()


def keep_theirs() -> dict[str, object]:
    ours.close()
    return stage.here(theirs.fileno())


child = stage.child(keep_theirs)
theirs.close()
stage.tell(ours=stage.here(ours.fileno()), theirs=child)
