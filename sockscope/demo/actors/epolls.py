"""Two epolls with equal content, one of them inherited, and an epoll whose registration names another file by now."""

import os
import select
import socket

from sockscope.demo.backstage import Truth, child, group, keep


def play() -> Truth:
    """Start the twins and the ghost."""
    return {"twins": group("demo: twin epolls", _twins), "ghost": group("demo: ghost registration", _ghost)}


def _twins() -> Truth:
    reading, writing = os.pipe()
    inherited, private = keep(select.epoll()), keep(select.epoll())
    for instance in (inherited, private):
        instance.register(reading, select.EPOLLIN | select.EPOLLET)

    def inherit() -> Truth:
        private.close()
        os.close(reading)
        os.close(writing)
        return {"epoll": inherited.fileno()}

    heir = child("demo: heir of one epoll", inherit)
    return {"inherited": inherited.fileno(), "private": private.fileno(), "heir": heir}


def _ghost() -> Truth:
    watched, other = keep(socket.socketpair())
    instance = keep(select.epoll())
    number = watched.fileno()
    instance.register(number, select.EPOLLIN)
    duplicate = os.dup(number)
    null = os.open(os.devnull, os.O_RDONLY)
    # dup2 onto the open number closes it; the registration stays, because the duplicate keeps the file open.
    os.dup2(null, number)
    os.close(null)
    return {"epoll": instance.fileno(), "registered": number, "duplicate": duplicate, "other": other.fileno()}
