"""What a user can do, each thing once: how it is called, which keys do it, what it is for, and doing it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.binding import Binding, BindingType

Part = TypeVar("Part")
"""The part of the screen that it is done to."""


@dataclass(frozen=True, slots=True)
class Command(Generic[Part]):
    """One thing to do. Palette, help, footer and documents are made of these."""

    id: str
    """How configuration and texts call it; the part before the dot is the part of the screen that takes the keys."""
    key: str
    """Its keys as Textual calls them, with commas between them; a configuration may say others."""
    about: str
    """What it does, in a few words that name no key."""
    do: Callable[[Part], object]
    """Does it; what comes out is not waited for."""
    priority: bool = False
    """Whether its keys are taken before the part that has the focus gets them."""

    @property
    def action(self) -> str:
        """What Textual runs: `action_command` of the part, with this id."""
        return f"command({self.id!r})"

    @property
    def binding(self) -> Binding:
        """The keys as Textual has them."""
        return Binding(self.key, self.action, self.about, id=self.id, show=False, priority=self.priority)


def bindings(commands: Iterable[Command[Part]]) -> list[BindingType]:
    """Return the keys of some commands as a part of the screen declares them."""
    return [command.binding for command in commands]


def carry_out(commands: Iterable[Command[Part]], id_: str, part: Part) -> None:
    """Do what is called `id_`.

    Raises:
        StopIteration: it is not among `commands`.
    """
    next(command for command in commands if command.id == id_).do(part)
