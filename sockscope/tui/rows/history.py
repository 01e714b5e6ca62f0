"""Where one has been: back and forward, as in a browser."""

from collections.abc import Callable

from sockscope.tui.rows.rowkeys import RowKey

DEPTH = 1000


class History:
    """Rows that were left by following something."""

    def __init__(self) -> None:
        """Start with nothing visited."""
        self._past: list[RowKey] = []
        self._future: list[RowKey] = []

    def leave(self, key: RowKey | None) -> None:
        """Remember the row that a jump starts from."""
        if key is not None and (not self._past or self._past[-1] != key):
            self._past = [*self._past[-DEPTH:], key]
        self._future.clear()

    def back(self, here: RowKey | None, go: Callable[[RowKey], bool]) -> bool:
        """Go to the last row left that is still there; return whether there was one."""
        return self._travel(self._past, self._future, here, go)

    def forward(self, here: RowKey | None, go: Callable[[RowKey], bool]) -> bool:
        """Undo going back; return whether there was anything to undo."""
        return self._travel(self._future, self._past, here, go)

    @staticmethod
    def _travel(source: list[RowKey], other: list[RowKey], here: RowKey | None, go: Callable[[RowKey], bool]) -> bool:
        while source:
            key = source.pop()
            if key != here and go(key):
                if here is not None:
                    other.append(here)
                return True
        return False
