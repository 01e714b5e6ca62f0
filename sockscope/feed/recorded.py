"""A feed from a recording: it says what a collector said then, at whatever look it is asked for."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

from sockscope.abi.text import ours
from sockscope.frames.messages import (
    Answer,
    Frame,
    Hello,
    Inspect,
    Locate,
    Message,
    Options,
    OptionsAnswer,
    Request,
    TerminalReport,
    Terminals,
    TerminalsAnswer,
)
from sockscope.frames.sharing import share
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.located import Located
from sockscope.recording.changes import next_change
from sockscope.recording.layout import RecordingError
from sockscope.recording.reader import Recording

NOT_RECORDED = ours("this is a recording: what is read only of what somebody looks at was not recorded")
WARM = 3
"""Looks before the one that is wanted, which rules need to say for how long something has been so."""


class RecordedFeed:
    """Stands at a look of a recording, and goes to others."""

    def __init__(self, recording: Recording, number: int) -> None:
        """Begin at a look of `recording`, which belongs to the feed from now on."""
        self.death = ""
        self.recording = recording
        self.wanted = number
        """Number of the look that was asked for last."""
        self.position = number
        """Number of the look that was said last."""
        self.damage = ""
        """Why the look that was asked for is not the one that is shown; "" where it is."""
        self._asked: asyncio.Queue[Message | None] = asyncio.Queue()
        """Answers to say; None where the feed is to go to the wanted look."""
        self._said = False
        """Whether a picture was said."""
        self._wishes = self._served = 0
        """How often another look was asked for, and which of these was the last to be seen to."""
        self._following: Iterator[tuple[int | None, Hello | Frame]] = iter(())
        self._read = -2
        """Number of the look that `_following` has given last."""

    @property
    def clock(self) -> float:
        """When the look was that is shown, in seconds since the epoch."""
        return self.recording.looks[self.position].head.wall

    def go(self, number: int) -> None:
        """Go to a look, the nearest one there is."""
        self.wanted = max(0, min(len(self.recording.looks) - 1, number))
        self._wishes += 1
        self._asked.put_nowait(None)

    def next_change(self, keys: Sequence[ProcessKey | DescriptorKey], step: int, ino: int) -> int | None:
        """Return the next look (`step` 1), or the one before (-1), in which a row became something else."""
        return next_change(self.recording, keys, self.wanted, step, ino)

    async def start(self) -> None:
        """Begin, or begin again, at the look that is wanted."""
        self._read = -2
        self.go(self.wanted)

    async def messages(self) -> AsyncIterator[Message]:
        """Yield what leads to each look that is asked for, and that nothing in depth is known."""
        while True:
            answer = await self._asked.get()
            if answer is not None:
                yield answer
                continue
            if self._served == self._wishes:
                continue  # together with one before
            self._served = self._wishes
            try:
                said = await asyncio.to_thread(self._lead_to, self.wanted)
            except RecordingError as error:
                self.death = str(error)
                return
            for number, message in said:
                self.position = self.position if number is None else number
                yield message

    def _lead_to(self, wanted: int) -> list[tuple[int | None, Hello | Frame]]:
        """Return what leads from where the feed stands to a look; past one that is damaged, to one that is not.

        Raises:
            RecordingError: there is none that can be read.
        """
        self.damage = ""
        block = self.recording.looks[wanted].block
        failures: list[RecordingError] = []
        for number in self._instead(wanted, block):
            try:
                said = self._straight_to(number, WARM if number == wanted else 0)
            except RecordingError as error:
                failures.append(error)
                self._read = -2
            else:
                if failures:
                    self.damage = f"{failures[0]}: this is the nearest one that can be read"
                    self.wanted = number
                return said
        raise failures[0]

    def _instead(self, wanted: int, block: int) -> Iterator[int]:
        """Yield the look, then the first of each block behind it, then the first of each before."""
        yield wanted
        first: dict[int, int] = {}
        for number, look in enumerate(self.recording.looks):
            first.setdefault(look.block, number)
        yield from (number for one, number in first.items() if one > block)
        yield from (number for one, number in reversed(first.items()) if one <= block and number != wanted)

    def _straight_to(self, wanted: int, warm: int) -> list[tuple[int | None, Hello | Frame]]:
        last = len(self.recording.looks) - 1
        if not self._read < wanted <= self._read + WARM:
            begin = max(0, wanted - warm)
            self._following = self.recording.numbered(begin, last)
            self._read = begin - 1
        said = []
        while self._read < wanted:
            number, message = next(self._following)
            self._read = self._read if number is None else number
            if isinstance(message, Frame) and message.full and not self._said:
                share(message)  # of later pictures only what is another is kept
                self._said = True
            said.append((number, message))
        return said

    def send(self, request: Request) -> None:
        """Answer what a collector would be asked; frames come when `go` asks for them."""
        match request:
            case Inspect():
                answer: Message = Answer(
                    request.id, request.pid, request.start, request.fd, None, None, error=NOT_RECORDED
                )
            case Options():
                answer = OptionsAnswer(request.id, request.pid, request.start, request.fd, {}, error=NOT_RECORDED)
            case Locate():
                answer = Located(request.id, error=NOT_RECORDED)
            case Terminals():
                answer = TerminalsAnswer(request.id, tuple(TerminalReport(NOT_RECORDED) for _ in request.asked))
            case _:
                return
        self._asked.put_nowait(answer)

    def kill(self) -> None:
        """There is nothing to end."""

    async def stop(self) -> None:
        """Close the recording."""
        self.recording.close()
