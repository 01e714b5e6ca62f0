"""The stream: what is encoded comes back, in pieces of any size; what is not ours is refused in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.socket_states import tcp_state
from sockscope.abi.socket_types import socket_type
from sockscope.frames.codec import MAX_MESSAGE, MAX_REQUEST, MessageReader, RequestReader, StreamError, encode
from sockscope.frames.messages import VERSION, Ended, Frame, Hello, Inspect, Next, Options, Pace, Request, Table
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket

HELLO = Hello(VERSION, "web1", "6.18.0", 1.0, 100, 0, "0.1.0")
DESCRIPTOR = Descriptor(12, 99, 3, "socket", "socket:[7]", "rw", "socket:[7]", 7, 9)
FRAME = Frame(seq=0, full=True, time=2.0, tables=(Table(12, 99, (DESCRIPTOR,)),))


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_messages_survive_being_cut_anywhere(sizes: list[int]) -> None:
    data = encode(HELLO) + encode(FRAME) + encode(Ended("done"))
    reader, got, position = MessageReader(), [], 0
    for size in [*sizes, len(data)]:
        got += reader.feed(data[position : position + size])
        position += size
    reader.close()
    assert got == [HELLO, FRAME, Ended("done")]


def test_requests_come_back_as_they_were() -> None:
    requests = [Next(), Pace(0.5), Inspect(1, 12, 99, 3, ((13, 4),))]
    assert list(RequestReader().feed(b"".join(map(encode, requests)))) == requests


def test_a_stream_that_ends_inside_a_message_is_refused() -> None:
    reader = MessageReader()
    list(reader.feed(encode(HELLO)[:-1]))
    with pytest.raises(StreamError, match="ends inside a message"):
        reader.close()


def test_another_version_is_refused_by_name() -> None:
    other = Hello(VERSION + 1, "web1", "6.18.0", 1.0, 100, 0, "9.0")
    with pytest.raises(StreamError, match=f"version {VERSION + 1}"):
        list(MessageReader().feed(encode(other)))


def test_a_stream_without_greeting_is_refused() -> None:
    with pytest.raises(StreamError, match="greeting"):
        list(MessageReader().feed(encode(FRAME)))


@pytest.mark.parametrize(("reader", "limit"), [(MessageReader, MAX_MESSAGE), (RequestReader, MAX_REQUEST)])
def test_an_over_long_message_is_refused_before_it_is_gathered(reader, limit: int) -> None:
    with pytest.raises(StreamError, match="announced"):
        list(reader().feed((limit + 1).to_bytes(4, "big")))


@given(st.binary(max_size=400))
def test_garbage_is_refused_or_waited_on_but_never_crashes(data: bytes) -> None:
    for reader in (MessageReader(), RequestReader()):
        said = ""
        try:
            list(reader.feed(data))
        except StreamError as error:
            said = str(error)
        assert "\n" not in said


def test_a_decoded_frame_holds_words_and_numbers_that_repeat_once() -> None:
    descriptors = tuple(
        Descriptor(70_000, 80_000, fd, "socket", f"socket:[{fd}]", "rw", f"socket:[{fd}]", fd) for fd in range(300, 302)
    )
    sockets = tuple(Socket(2**40 + n, n, 2**40 + n, 4_026_531_840, "unix", "stream", "", "LISTEN") for n in (901, 902))
    sent = Frame(1, full=True, time=0.0, tables=(Table(70_000, 80_000, descriptors),), sockets=sockets)
    reader = MessageReader()
    list(reader.feed(encode(HELLO)))
    (got,) = reader.feed(encode(sent))
    assert got == sent
    one, other = got.tables[0].opened
    for name in ("pid", "start", "kind", "access"):
        assert getattr(one, name) is getattr(other, name)
    assert one.object is one.target
    for name in ("family", "type", "state", "netns"):
        assert getattr(got.sockets[0], name) is getattr(got.sockets[1], name)


@pytest.mark.parametrize("request_", [Inspect(1, 1 << 31, 5), Inspect(1, 5, 5, 1 << 31), Options(1, -1, 5, 0, 7),
                                      Inspect(1, 5, 5, 0, ((1 << 40, 0),))])  # fmt: skip
def test_a_number_that_no_process_or_descriptor_has_is_refused(request_: Request) -> None:
    with pytest.raises(StreamError, match="damaged request"):
        list(RequestReader().feed(encode(request_)))


def test_a_state_and_a_type_that_have_no_name_yet_pass_the_stream() -> None:
    sent = Frame(1, full=True, time=0.0, sockets=(Socket(1, 1, 1, 0, "unix", socket_type(77), "", tcp_state(77)),))
    reader = MessageReader()
    list(reader.feed(encode(HELLO)))
    assert list(reader.feed(encode(sent))) == [sent]
