"""The line in which one types: a filter, a search, a path. Says what is wrong below the word that is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.widgets import Input

from sockscope.tui.commands.command import bindings, carry_out
from sockscope.tui.commands.prompt import PROMPT
from sockscope.tui.widgets.bars import Bar
from sockscope.tui.widgets.ink import Span

REMEMBERED = 200
"""Lines of the history."""
Completer = Callable[[str, int], tuple[int, int, list[str]]]
"""From a text and the cursor in it to a piece of the text, and to words that may replace it, the best first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the text, and where."""

    message: str
    position: int = 0
    length: int = 0
    """Characters; 0 where no word is to blame."""


class PromptInput(Input):
    """The text itself, with the keys that a line editor has."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PROMPT)

    @property
    def prompt(self) -> "Prompt":
        """The line with what stands around it."""
        found = self.query_ancestor(Prompt)
        assert isinstance(found, Prompt)  # noqa: S101 - it is nowhere else
        return found

    def action_command(self, id_: str) -> None:
        """Do what a key is bound to."""
        carry_out(PROMPT, id_, self)


class Prompt(Container):
    """One line of input for one purpose at a time, and one line below it."""

    @dataclass
    class Changed(Message):
        """The text is another."""

        purpose: str
        text: str

    @dataclass
    class Submitted(Message):
        """Enter: the text stands."""

        purpose: str
        text: str

    @dataclass
    class Cancelled(Message):
        """Escape: the text is not wanted any more."""

        purpose: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start closed."""
        super().__init__(id=id)
        self.purpose = ""
        self._sign = Bar(id="prompt-sign")
        self._input = PromptInput(id="prompt-input", select_on_focus=False, compact=True)
        self._input.cursor_blink = False
        self._below = Bar(id="prompt-below")
        self._complete: Completer | None = None
        self._histories: dict[str, list[str]] = {}
        self._recalled = 0
        """How many lines back in the history; 0 is the line being typed."""
        self._draft = ""
        self._choices: list[str] = []
        self._choice = -1
        self._expected = ""
        """What we wrote ourselves and need not hear of again."""

    def compose(self) -> ComposeResult:
        """Put a sign before the text, and a line below it."""
        with Horizontal(id="prompt-line"):
            yield self._sign
            yield self._input
        yield self._below

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    @property
    def active(self) -> bool:
        """Whether it is being typed into."""
        return self._input.has_focus

    def open(self, purpose: str, sign: str, text: str = "", complete: Completer | None = None) -> None:
        """Ask for a text; `sign` stands before it."""
        self.purpose = purpose
        self._complete = complete
        self._recalled, self._draft, self._choices = 0, text, []
        width = cell_len(sign) + 2
        self._sign.styles.width = width
        self._sign.write(lambda _width: [(f" {sign} ", "key")])
        self._write(text)
        self.say([])
        self.display = True
        self._input.focus()

    def close(self) -> None:
        """Go away, keeping the line for the history of its purpose."""
        self.remember(self.purpose, self.text)
        self.display = False

    def remember(self, purpose: str, text: str) -> None:
        """Enter a line into the history of a purpose."""
        history = self._histories.setdefault(purpose, [])
        if text.strip():
            self._histories[purpose] = [*(line for line in history if line != text), text][-REMEMBERED:]

    def fault(self, fault: Fault | None) -> None:
        """Say what is wrong, pointing at the word where there is room; nothing when nothing is wrong."""
        self._input.set_class(fault is not None, "-faulty")
        if fault is None:
            self.say([])
            return
        before = cell_len(self.text[: fault.position]) - self._input.scroll_offset.x + self._sign.size.width
        carets = "^" * max(1, cell_len(self.text[fault.position : fault.position + fault.length]))
        pointing: list[Span] = [(" " * max(0, before), ""), (f"{carets} ", "bad")] if fault.length else [(" ", "")]
        if sum(cell_len(text) for text, _ in pointing) + cell_len(fault.message) > self.size.width:
            wrong = self.text[fault.position : fault.position + fault.length]
            pointing = [(" ", ""), (f"{wrong}: ", "bad")] if fault.length and wrong else [(" ", "")]
        self.say([*pointing, (fault.message, "warn")])

    def say(self, spans: list[Span]) -> None:
        """Write the line below."""
        self._below.write(lambda _width: spans)

    def _write(self, text: str) -> None:
        self._expected = text
        self._input.value = text
        self._input.cursor_position = len(text)

    # Completion and history

    def complete(self, step: int) -> None:
        """Put a completion in the place of the word at the cursor; again and again for the others."""
        if self._complete is None:
            return
        if not self._choices:
            start, end, self._choices = self._complete(self.text, self._input.cursor_position)
            self._around = self.text[:start], self.text[end:]
            self._choice = -1 if step > 0 else 0
        if not self._choices:
            self.say([(" nothing completes this word", "dim")])
            return
        self._choice = (self._choice + step) % len(self._choices)
        before, after = self._around
        word = self._choices[self._choice]
        choices = self._choices
        self._input.value = f"{before}{word}{after}"
        self._input.cursor_position = len(before) + len(word)
        self._expected = self.text
        self.post_message(self.Changed(self.purpose, self.text))
        if len(choices) == 1:
            self._choices = []
        else:
            self.call_after_refresh(self._offer, choices, self._choice)

    def _offer(self, choices: list[str], chosen: int) -> None:
        start = max(0, chosen - 3)
        spans: list[Span] = [(" ", "")]
        for position, choice in enumerate(choices[start:], start):
            spans += [(choice, "key" if position == chosen else "dim"), ("  ", "")]
        self.say(spans)

    def recall(self, step: int) -> None:
        """Show an older (`step` -1) or newer line."""
        history = self._histories.get(self.purpose, [])
        back = max(0, min(len(history), self._recalled - step))
        if back == self._recalled:
            return
        if self._recalled == 0:
            self._draft = self.text
        self._recalled = back
        self._write(history[-back] if back else self._draft)
        self._choices = []
        self.post_message(self.Changed(self.purpose, self.text))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what the user has typed; what was pasted may hold anything."""
        event.stop()
        if not event.value.isprintable():
            self._input.value = "".join(char for char in event.value if char.isprintable())
            return
        if event.value == self._expected:
            return
        self._expected = event.value
        self._choices = []
        self.post_message(self.Changed(self.purpose, event.value))

    def submit(self) -> None:
        """Say that the text stands."""
        self.post_message(self.Submitted(self.purpose, self.text))

    def cancel(self) -> None:
        """Say that the text is not wanted any more."""
        self.post_message(self.Cancelled(self.purpose))
