"""Bytes from the terminal to keys: what is no key, no text, or has no end, is left out, and what follows is understood.

Textual's own reading ends the app at the first byte that is not UTF-8 (8-bit Alt, a Latin-1 terminal) or at a key code
that no character has, and takes everything that follows an unfinished paste for a part of it, Ctrl+C included.
"""

import codecs
import os
import selectors
import time
from collections.abc import Iterable, Iterator

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser  # its pieces have no public name
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

LONGEST_PASTE = 64 << 10
"""Characters; no filter, search or path is longer."""
PASTE_PATIENCE = 1.0
"""Seconds without a character after which a paste is taken to be over."""
WIDEST, HIGHEST = 2000, 1000
"""Cells of a screen that is drawn; a terminal's report of more is not believed."""
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_INTERRUPT = "\x03"
_STEP = 0.1
_CHUNK = 4096


class TerminalInput:
    """The state of one terminal's input."""

    def __init__(self) -> None:
        """Start where nothing has been typed."""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._parser = XTermParser()
        self._paste: list[str] | None = None
        """What was pasted so far, None outside of a paste."""
        self._last = ""
        """The last characters, as many as make up what begins or ends a paste."""
        self._heard_at = 0.0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Turn bytes into what they mean."""
        self._heard_at = time.monotonic()
        for char in self._decode(data):
            # One by one: what cannot be understood takes nothing else with it, and least of all Ctrl+C.
            if char == _INTERRUPT and self._paste is None:
                self._begin_anew()
            for piece in self._pieces(char):
                yield from self._understood(piece)

    def tick(self) -> Iterator[Message]:
        """Settle what only time can: a lone Escape, and a paste that nobody ends."""
        if self._paste is not None and time.monotonic() - self._heard_at > PASTE_PATIENCE:
            yield from self._understood(self._end_of_paste())
        yield from self._guarded(self._parser.tick())

    def _understood(self, text: str) -> Iterator[Message]:
        yield from self._guarded(self._parser.feed(text))

    def _guarded(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Begin anew after what the parser stumbles over."""
        try:
            yield from messages
        except (ArithmeticError, ValueError, LookupError, TypeError, ParseError):
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget an unfinished sequence, and keep what is known of the terminal."""
        before, self._parser = self._parser, XTermParser()
        for name in ("last_x", "last_y", "mouse_pixels", "terminal_size", "terminal_pixel_size"):
            setattr(self._parser, name, getattr(before, name))

    def _pieces(self, char: str) -> Iterator[str]:
        """Say what the parser gets: a paste in one piece once it is over, all else as it comes."""
        self._last = (self._last + char)[-len(_PASTE_BEGINS) :]
        if self._paste is None:
            yield char
            if self._last == _PASTE_BEGINS:
                self._paste = []
        elif self._last == _PASTE_ENDS:
            del self._paste[1 - len(_PASTE_ENDS) :]
            yield self._end_of_paste()
        elif char == _INTERRUPT:
            yield self._end_of_paste()
            yield char
        elif len(self._paste) < LONGEST_PASTE:
            self._paste.append(char)

    def _end_of_paste(self) -> str:
        text, self._paste, self._last = "".join(self._paste or ()), None, ""
        return text + _PASTE_ENDS


def without_excess(messages: Iterable[Message]) -> Iterator[Message]:
    """Leave out what would cost much and mean nothing: sizes that no screen has, and focus that has gone on since."""
    focus: Message | None = None
    for message in messages:
        if isinstance(message, (events.AppFocus, events.AppBlur)):
            focus = message
        elif not isinstance(message, events.Resize) or (
            0 < message.size.width <= WIDEST and 0 < message.size.height <= HIGHEST
        ):
            yield message
    if focus is not None:
        yield focus


class TerminalDriver(LinuxDriver):
    """Textual's driver with a reading of its own."""

    def run_input_thread(self) -> None:
        """Hand over what the terminal sends until the app leaves it."""
        terminal_input = TerminalInput()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_STEP):
                    data = os.read(self.fileno, _CHUNK)
                    if not data:
                        break
                    self._take(terminal_input.feed(data))
                self._take(terminal_input.tick())

    def _take(self, messages: Iterable[Message]) -> None:
        for message in without_excess(messages):
            self.process_message(message)
