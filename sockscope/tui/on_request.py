"""What is read for the selected row on request only, and forgotten when the selection moves."""

from typing import Generic, TypeVar

from sockscope.frames.messages import Answer, OptionsAnswer
from sockscope.tui.panes.section import Section, text_line
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.tui.widgets.ink import Span

AnswerT = TypeVar("AnswerT", Answer, OptionsAnswer)


class OnRequest(Generic[AnswerT]):
    """The last question and its answer."""

    title: str
    """What stands above the answer, and above that it is not there yet."""
    how: tuple[Span, ...]
    """How it is read."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self._number = 0
        self._subject: RowKey | None = None
        self._answer: AnswerT | None = None

    def begin(self, key: RowKey) -> int:
        """Begin to ask about a row, again if the answer is known; return the number of the question."""
        self._number += 1
        self._subject, self._answer = key, None
        return self._number

    def forget(self, key: RowKey | None) -> None:
        """Drop question and answer unless they are about this row."""
        if key != self._subject:
            self._subject = self._answer = None

    def take(self, answer: AnswerT) -> bool:
        """Take an answer; return whether it is the one that is waited for."""
        if self._subject is None or answer.id != self._number:
            return False
        self._answer = answer
        return True

    def answer_about(self, key: RowKey | None) -> AnswerT | None:
        """Return what is known of a row."""
        return self._answer if self._asked(key) else None

    def waiting(self, key: RowKey | None) -> list[Section]:
        """Say that a row was asked about, and that there is no answer yet; nothing where that is not so."""
        if not self._asked(key) or self._answer is not None:
            return []
        return [Section(self.title, (text_line("asking …", "dim"),), None, self.how)]

    def _asked(self, key: RowKey | None) -> bool:
        return self._subject is not None and key == self._subject
