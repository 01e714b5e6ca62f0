"""Rows of the dump before, taken over where the kernel has said the same again.

A dump comes as some hundred datagrams of a few hundred sockets each. As every question carries the
same sequence number each time, an answer in which nothing has changed is the same bytes, and comparing
bytes costs a hundredth of unpacking them.
"""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from sockscope.abi.strings import Raw
from sockscope.kernel.diag.datagram import Datagram, split

Row = TypeVar("Row")


Said = Callable[[Raw, int, int], Raw]
"""Takes a datagram and the span of a message in it; equal results mean equal rows."""


def whole(data: Raw, start: int, end: int) -> Raw:
    """Return a message as it is."""
    return data[start:end]


class Page(NamedTuple, Generic[Row]):
    """One datagram and its rows."""

    data: Raw
    rows: list[Row]


class Pages(Generic[Row]):
    """The last answer to one question."""

    def __init__(self, parse: Callable[[Datagram], list[Row]], said: Said = whole) -> None:
        """Unpack rows with `parse`; `said` leaves out of a message what no row holds."""
        self._parse = parse
        self._said = said
        self._pages: list[Page[Row]] = []
        self._rows: list[Row] = []

    def update(self, datagrams: list[Raw]) -> list[Row]:
        """Return the rows of a new answer; the very same list when nothing in it has changed.

        A row whose message is the same bytes as before is the same object.

        Raises:
            OSError: EBADMSG, a datagram does not hold what it says.
        """
        before = self._pages
        same = [one.data == data for one, data in zip(before, datagrams, strict=False)]
        if len(datagrams) == len(before) and all(same):
            return self._rows
        same += [False] * (len(datagrams) - len(same))
        # Where the answer has become shorter, what stood in its last datagrams may stand in others now.
        gone = [page for number, page in enumerate(before) if number >= len(datagrams) or not same[number]]
        known = self._messages(gone)
        self._pages = [
            before[number] if kept else Page(data, self._unpack(data, known))
            for number, (data, kept) in enumerate(zip(datagrams, same, strict=True))
        ]
        self._rows = [row for page in self._pages for row in page.rows]
        return self._rows

    def _messages(self, pages: list[Page[Row]]) -> dict[Raw, Row]:
        """Index rows by the bytes they were unpacked from."""
        known: dict[Raw, Row] = {}
        for page in pages:
            bodies = split(page.data).bodies
            # A message too short to be a row leaves a gap that no count can place.
            if len(bodies) == len(page.rows):
                spans = zip(bodies, page.rows, strict=True)
                known.update((self._said(page.data, start, end), row) for (start, end), row in spans)
        return known

    def _unpack(self, data: Raw, known: dict[Raw, Row]) -> list[Row]:
        cut = split(data)
        if cut.error is not None:
            raise cut.error
        if not known:
            return self._parse(Datagram(data, cut.bodies))
        rows: list[Row] = []
        for start, end in cut.bodies:
            row = known.get(self._said(data, start, end))
            rows += [row] if row is not None else self._parse(Datagram(data, [(start, end)]))
        return rows
