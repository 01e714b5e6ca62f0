"""What is read of a socket only on request: options through the stream, and why they may be denied."""

import errno
import fcntl
import os
import socket

import pytest

from sockscope.collect.processes.answering import Answering
from sockscope.collect.sockets import options as socket_options
from sockscope.collect.sockets.options import answer_options
from sockscope.frames.messages import Options
from sockscope.kernel.process import parse_stat
from sockscope.kernel.procfs import Procfs

ME = os.getpid()


def start() -> int:
    return parse_stat(Procfs().read(ME, "stat", 4096)).start


def request(sock: socket.socket, **changes: int) -> Options:
    fields = {"id": 7, "pid": ME, "start": start(), "fd": sock.fileno(), "ino": os.fstat(sock.fileno()).st_ino}
    return Options(**(fields | changes))


def test_an_answer_carries_the_question_and_the_options() -> None:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        answer = answer_options(Procfs(), Answering(Procfs()), request(sock))
    assert (answer.id, answer.pid, answer.error) == (7, ME, "")
    assert answer.options["SO_KEEPALIVE"] is True


def test_a_process_that_has_the_pid_by_now_is_not_asked() -> None:
    with socket.socket() as sock:
        answer = answer_options(Procfs(), Answering(Procfs()), request(sock, start=start() + 1))
    assert answer.options == {}
    assert answer.error == f"process {ME} has ended"


def test_another_socket_on_the_number_is_named_as_the_reason() -> None:
    with socket.socket() as sock:
        answer = answer_options(Procfs(), Answering(Procfs()), request(sock, ino=1))
    assert answer.options == {}
    assert "does not lead to socket 1 any more" in answer.error


def test_a_closed_descriptor_is_named_as_the_reason() -> None:
    with socket.socket() as sock:
        # A number that nothing opened meanwhile will get.
        high = fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, 700)
        with socket.socket(fileno=high) as copy:
            asked = request(copy)
    assert answer_options(Procfs(), Answering(Procfs()), asked).error == f"{ME}:{asked.fd} is closed"


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.EPERM, "denied"), (errno.ENOSYS, "Linux 5.6"), (errno.ESRCH, "has ended"), (errno.EMFILE, "open files")],
)
def test_every_refusal_comes_with_its_reason(monkeypatch, code: int, words: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(socket_options, "read_options", refuse)
    with socket.socket() as sock:
        answer = answer_options(Procfs(), Answering(Procfs()), request(sock))
    assert answer.options == {}
    assert words in answer.error
