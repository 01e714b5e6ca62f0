"""Sockets, pipes and message queues in neutral words: what is known without the other end."""

import re

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.words import Words, counted, number, path_of

_NUMBERED = re.compile(r"[a-z]+:\[(\d+)\]")


def _ino(target: str) -> str:
    match = _NUMBERED.fullmatch(target)
    return f"ino {match[1]}" if match else target


def _in_flight(fields: Fields) -> str:
    count = number(fields, "scm_fds")
    return f", {counted(count, 'descriptor')} in flight" if count else ""


def _socket(target: str, fields: Fields) -> str:
    return _ino(target) + _in_flight(fields)


def _socket_sentence(target: str, fields: Fields) -> str:
    return f"A socket, {_socket(target, fields)}"


def _pipe(target: str, _fields: Fields) -> str:
    return _ino(target)


def _pipe_sentence(target: str, _fields: Fields) -> str:
    return f"A pipe, {_ino(target)}"


def _fifo(target: str, _fields: Fields) -> str:
    return target


def _fifo_sentence(target: str, _fields: Fields) -> str:
    return f"A named pipe, {target}"


def _mqueue(target: str, _fields: Fields) -> str:
    return path_of(target)


def _mqueue_sentence(target: str, _fields: Fields) -> str:
    gone = ", unlinked" if target != path_of(target) else ""
    return f"The POSIX message queue {path_of(target)}{gone}"


WORDS = (
    Words("socket", _socket, _socket_sentence),
    Words("pipe", _pipe, _pipe_sentence),
    Words("fifo", _fifo, _fifo_sentence),
    Words("mqueue", _mqueue, _mqueue_sentence),
)
