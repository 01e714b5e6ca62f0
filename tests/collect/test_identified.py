"""How an object was identified: what the readers say of it, and what they do not."""

import os
import select
from collections.abc import Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.frames.codec import MessageReader, encode
from sockscope.frames.messages import VERSION, Frame, Hello
from sockscope.kernel import kcmp
from sockscope.model.descriptor import Descriptor


@pytest.fixture
def opened() -> Iterator[dict[str, int]]:
    with select.epoll() as epoll, open("/etc/passwd", "rb") as file:
        read, write = os.pipe()
        made = {"epoll": epoll.fileno(), "file": file.fileno(), "pipe": read, "eventfd": os.eventfd(0)}
        made["memfd"], made["namespace"] = os.memfd_create("notes"), os.open("/proc/self/ns/net", os.O_RDONLY)
        yield made
        for fd in (write, read, made["eventfd"], made["memfd"], made["namespace"]):
            os.close(fd)


def _own() -> dict[int, Descriptor]:
    collector = Collector()
    try:
        frame = collector.refresh()
    finally:
        collector.close()
    reader = MessageReader()
    sent = encode(Hello(VERSION, "", "", 0.0, 100, 0, "")) + encode(frame)
    taken = next(message for message in reader.feed(sent) if isinstance(message, Frame))
    return {one.fd: one for table in taken.tables if table.pid == os.getpid() for one in table.opened}


def test_each_kind_says_through_the_stream_what_its_identity_rests_on(opened) -> None:
    own = _own()
    assert {name: own[fd].identified for name, fd in opened.items()} == {
        "epoll": "kcmp", "file": "inode", "pipe": "inode", "eventfd": "number", "memfd": "inode", "namespace": "inode",
    }  # fmt: skip


def test_what_was_not_compared_says_that_it_was_identified_by_nothing(opened, monkeypatch) -> None:
    def denied(*_: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    # kcmp cannot be taken away from this process for real without losing it for all later tests.
    monkeypatch.setattr(kcmp, "compare_files", denied)
    own = _own()
    assert (own[opened["epoll"]].identified, own[opened["epoll"]].unproven) == ("", True)
    assert (own[opened["pipe"]].identified, own[opened["pipe"]].unproven) == ("inode", False)


def test_unproven_is_exactly_what_was_identified_by_nothing(opened) -> None:
    assert all(one.unproven == (one.identified == "") for one in _own().values())
