"""A feed that says what a test tells it to, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec

from sockscope.frames.messages import (
    Answer,
    Frame,
    Inspect,
    Message,
    Request,
    TerminalReport,
    Terminals,
    TerminalsAnswer,
)
from tests.tui.stage import HELLO, first_frame


class ScriptedFeed:
    """Greets, sends one frame, and then whatever is put into it."""

    def __init__(self, *messages: Message, answer: Callable[[Inspect], Answer | None] = lambda _: None) -> None:
        self.terminal: TerminalReport | None = None
        """How every terminal is set, None where none answers."""
        self.death = ""
        self.sent: list[Request] = []
        self.starts = 0
        self.stopped = False
        self._opening: tuple[Message, ...] = messages or (HELLO, first_frame())
        self._answer = answer
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue()

    async def start(self) -> None:
        self.starts += 1
        self._queue = asyncio.Queue()
        for message in self._opening:
            self._queue.put_nowait(message)

    async def messages(self) -> AsyncIterator[Message]:
        while (message := await self._queue.get()) is not None:
            yield message

    def send(self, request: Request) -> None:
        self.sent.append(request)
        answer = self._answer(request) if isinstance(request, Inspect) else None
        if answer is not None:
            self._queue.put_nowait(answer)
        if isinstance(request, Terminals) and self.terminal is not None:
            self._queue.put_nowait(TerminalsAnswer(request.id, (self.terminal,) * len(request.asked)))

    def kill(self) -> None:
        self.die("the collector was ended by signal 9")

    async def stop(self) -> None:
        self.stopped = True

    def say(self, *messages: Message) -> None:
        """Have the collector send these."""
        for message in messages:
            self._queue.put_nowait(message)

    def die(self, why: str) -> None:
        """Have the collector end."""
        self.death = why
        self._queue.put_nowait(None)


def previewed(*, waiting: bool = False) -> "PreviewedFeed":
    """Make a feed that shows the processes alone before anything is known of their descriptors, as a collector does.

    With `waiting` the rest comes when the feed is told to `finish`.
    """
    whole = first_frame()
    preview = Frame(whole.seq, full=True, time=whole.time, processes=whole.processes, preview=True)
    rest = msgspec.structs.replace(whole, seq=whole.seq + 1)
    return PreviewedFeed(rest, HELLO, preview) if waiting else PreviewedFeed(rest, HELLO, preview, rest)


class PreviewedFeed(ScriptedFeed):
    """Says what it knows of descriptors later."""

    def __init__(self, rest: Frame, *messages: Message) -> None:
        super().__init__(*messages)
        self._rest = rest

    def finish(self) -> None:
        """Say it now."""
        self.say(self._rest)
