"""Questions whose answer may not come: asked by a thread, waited for a little, and let go.

`/proc/PID/cmdline` lies in the memory of the process, and whoever reads it queues up for that memory's
lock. A process that maps or unmaps a file of a dead file server holds the lock for as long as the server
is silent, and makes its readers wait with it. A name service may keep its users waiting as well.
"""

import threading
from collections.abc import Callable, Hashable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

SECONDS = 0.5
"""What the first answer that does not come may cost; each one that is still owed halves it for the next."""
MOST = 8
"""Answers that may be owed; while they are, nothing more is asked. Bounds the threads that wait in the kernel."""

T = TypeVar("T")


class NoAnswerError(Exception):
    """The answer has not come in time, and may come later."""


class _Question(Generic[T]):
    """One question on its way to a thread and back."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._answer: list[T] = []
        self._failure: Exception | None = None
        self.answered = threading.Event()

    def work(self) -> None:
        try:
            self._answer.append(self._work())
        except Exception as error:  # noqa: BLE001 - raised again where it was asked
            self._failure = error
        self.answered.set()

    def answer(self) -> T:
        if self._failure is not None:
            raise self._failure
        return self._answer[0]


class Patience:
    """Ask, and remember who owes an answer, so that nobody is waited for twice."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        """Wait `seconds` for the first answer that does not come, and for `most` of them at once."""
        self._seconds = seconds
        self._most = most
        self._owed: dict[Hashable, _Question[Any]] = {}
        self._inbox: SimpleQueue[_Question[Any] | None] | None = None
        """Where the thread takes its questions from; None while there is no thread."""
        self._thread: threading.Thread | None = None

    @property
    def owed(self) -> int:
        """How many answers have not come yet."""
        return sum(not question.answered.is_set() for question in self._owed.values())

    def ask(self, key: Hashable, work: Callable[[], T]) -> T:
        """Have some work done and return its result.

        Args:
            key: what the question is about; it is not asked again while its answer is owed.
            work: reads; runs in another thread.

        Raises:
            NoAnswerError: it takes too long. Asked again later, the answer may have come.
            Exception: what the work raised.
        """
        question: _Question[T] | None = self._owed.get(key)
        if question is not None:
            return self._late(key, question)
        if len(self._owed) >= self._most:
            self._owed = {about: one for about, one in self._owed.items() if not one.answered.is_set()}
        if len(self._owed) >= self._most:
            raise NoAnswerError
        question = _Question(work)
        self._hand_over(question)
        if question.answered.wait(self._seconds / 2 ** len(self._owed)):
            return question.answer()
        self._owed[key] = question
        self._let_go()
        raise NoAnswerError

    def close(self) -> None:
        """End the thread; those that wait for an answer do not keep this process from ending."""
        idle = self._thread
        self._let_go()
        if idle is not None:
            # One that met the interpreter's end would need memory to leave (pthread_exit), of which there may be none.
            idle.join()

    def _late(self, key: Hashable, question: _Question[T]) -> T:
        if not question.answered.is_set():
            raise NoAnswerError
        del self._owed[key]
        return question.answer()

    def _hand_over(self, question: _Question[T]) -> None:
        if self._inbox is None:
            inbox: SimpleQueue[_Question[Any] | None] = SimpleQueue()
            thread = threading.Thread(target=_answer_all, args=(inbox,), name="patience", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                # No thread may be had (RLIMIT_NPROC, memory): to ask as anybody would is what is left.
                question.work()
                return
            self._inbox, self._thread = inbox, thread
        self._inbox.put(question)

    def _let_go(self) -> None:
        """Give the thread notice; the next question gets another one."""
        if self._inbox is not None:
            self._inbox.put(None)
            self._inbox = self._thread = None


def _answer_all(inbox: SimpleQueue[_Question[Any] | None]) -> None:
    while (question := inbox.get()) is not None:
        question.work()
