"""What is filtered by and searched for: the texts, and what they let through. Knows no screen."""

from collections.abc import Iterator

from sockscope.tui.rows.filter_hits import FilterHits
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import RowKey

FILTER, SEARCH = "filter", "search"
SIGNS = {FILTER: "/", SEARCH: "\\"}
"""Stand before what is typed, by purpose."""
WAITING = {FILTER: "filtering", SEARCH: "searching"}


class Filters:
    """The filter, which hides what it does not let through, and the search, which does not."""

    def __init__(self, rows: Rows) -> None:
        """Start without either."""
        self._rows = rows
        self._texts: dict[str, str] = {}
        self.waiting: set[str] = set()
        """Purposes of which what is wanted has been worked out for so long that one has to be told."""

    def text(self, purpose: str) -> str:
        """Return the last text that made sense; what it lets through may still be worked out."""
        return self._texts.get(purpose, "")

    def want(self, purpose: str, text: str) -> FilterHits | None:
        """Take a text; return what is to be asked for it, None where it is wanted already.

        Raises:
            FilterError: a word of it makes no sense.
        """
        hits = FilterHits(self._rows.world, text)
        if hits.text.strip() == self.text(purpose).strip():
            return None
        self._texts[purpose] = text
        return hits

    def standing(self, purpose: str) -> FilterHits | None:
        """Return what is listed, or marked, by now."""
        return self._rows.search if purpose == SEARCH else self._rows.contents.scope.filter_hits

    def settled(self, purpose: str) -> FilterHits | None:
        """Return what is listed, or marked, if it is what was wanted last."""
        hits = self.standing(purpose)
        return hits if hits is not None and hits.text.strip() == self.text(purpose).strip() else None

    def found_row(self, preferred: RowKey | None) -> RowKey | None:
        """Return a listed row that the filter has found for itself: `preferred`, the cursor's, or the first."""
        hits, rows = self.standing(FILTER), self._rows
        if hits is None:
            return None
        tried = (preferred, rows.cursor, *map(rows.contents.key_at, range(rows.contents.length)))
        return next((key for key in tried if hits.finds(key)), None)

    def said(self) -> Iterator[str]:
        """Say what is filtered by and searched for, and how much that found."""
        for purpose, sign in SIGNS.items():
            hits = self.standing(purpose)
            if purpose in self.waiting:
                yield f"{sign}{self.text(purpose).strip()} {WAITING[purpose]} …"
            elif hits is not None:
                yield f"{sign}{hits.text.strip()} {hits.count or len(hits.processes):,}"
