"""Dumps that come again: what has not changed is taken over, what has is unpacked, nothing is mixed up."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.diag.datagram import Datagram, ending
from sockscope.kernel.diag.pages import Pages

Rows = list[list[bytes]]


def _parse(datagram: Datagram) -> list[tuple[bytes]]:
    # A body of one byte stands for a message too short to be a row.
    return [(datagram.data[start:end],) for start, end in datagram.bodies if end - start > 1]


def _message(body: bytes, kind: int = 20) -> bytes:
    raw = struct.pack("=IHHII", 16 + len(body), kind, 2, 7, 0) + body
    return raw + b"\0" * (-len(raw) % 4)


def _datagrams(rows: Rows) -> list[bytes]:
    return [b"".join(map(_message, page)) for page in rows]


def _values(rows: Rows) -> list[tuple[bytes]]:
    return [(body,) for page in rows for body in page if len(body) > 1]


BODIES = st.lists(st.lists(st.binary(max_size=4), min_size=1, max_size=5), max_size=4)


@given(st.lists(BODIES, min_size=1, max_size=6))
def test_after_any_sequence_of_answers_the_rows_are_those_of_the_last(answers: list[Rows]) -> None:
    pages = Pages(_parse)
    for rows in answers:
        assert pages.update(_datagrams(rows)) == _values(rows)


def test_the_same_answer_gives_the_same_list() -> None:
    pages = Pages(_parse)
    first = pages.update(_datagrams([[b"one", b"two"], [b"three"]]))
    assert pages.update(_datagrams([[b"one", b"two"], [b"three"]])) is first


def test_only_what_has_changed_is_unpacked() -> None:
    unpacked: list[bytes] = []

    def parse(datagram: Datagram) -> list[tuple[bytes]]:
        rows = _parse(datagram)
        unpacked.extend(row[0] for row in rows)
        return rows

    pages = Pages(parse)
    before = pages.update(_datagrams([[b"one", b"two"], [b"three", b"four"]]))
    unpacked.clear()
    after = pages.update(_datagrams([[b"one", b"two"], [b"new", b"three", b"FOUR"]]))
    assert unpacked == [b"new", b"FOUR"]
    assert after[0] is before[0]
    assert after[3] is before[2]


def test_what_moves_up_from_a_page_that_is_gone_is_not_unpacked_again() -> None:
    pages = Pages(_parse)
    before = pages.update(_datagrams([[b"one", b"two"], [b"three"]]))
    after = pages.update(_datagrams([[b"one", b"three"]]))
    assert [row is old for row, old in zip(after, (before[0], before[2]), strict=True)] == [True, True]


def test_a_page_that_is_gone_takes_its_rows_along() -> None:
    pages = Pages(_parse)
    pages.update(_datagrams([[b"one"], [b"two"]]))
    assert pages.update(_datagrams([[b"one"]])) == [(b"one",)]
    assert pages.update([]) == []


def test_a_datagram_cut_short_is_an_error() -> None:
    with pytest.raises(OSError, match="cut short"):
        Pages(_parse).update([_message(b"body")[:-2]])


def test_the_end_is_seen_behind_the_last_rows_and_on_its_own() -> None:
    done = _message(b"\0\0\0\0", kind=3)
    alone, behind, middle = ending(done), ending(_message(b"body") + done), ending(_message(b"body"))
    assert alone is not None
    assert alone.bodies == []
    assert behind is not None
    assert len(behind.bodies) == 1
    assert middle is None


def test_a_row_that_looks_like_an_end_is_none() -> None:
    assert ending(_message(b"...." + _message(b"\0\0\0\0", kind=3))) is None


def test_what_no_row_holds_does_not_make_a_row_anew() -> None:
    pages = Pages(lambda found: [(found.data[a + 1 : b],) for a, b in found.bodies], lambda data, a, b: data[a + 1 : b])
    before = pages.update(_datagrams([[b"1one", b"1two"]]))
    after = pages.update(_datagrams([[b"2one", b"2TWO"]]))
    assert after == [(b"one",), (b"TWO",)]
    assert after[0] is before[0]
