"""What can be done while one types, besides editing the line."""

from typing import TYPE_CHECKING

from sockscope.tui.commands.command import Command

if TYPE_CHECKING:
    from sockscope.tui.widgets.prompt import PromptInput

PROMPT: tuple[Command["PromptInput"], ...] = (
    Command("prompt.complete", "tab", "Complete the word", lambda line: line.prompt.complete(1)),
    Command("prompt.complete_back", "shift+tab", "The completion before", lambda line: line.prompt.complete(-1)),
    Command("prompt.older", "up,ctrl+p", "What was typed before", lambda line: line.prompt.recall(-1)),
    Command("prompt.newer", "down,ctrl+n", "What was typed after that", lambda line: line.prompt.recall(1)),
    Command("prompt.submit", "enter", "Keep what is typed", lambda line: line.prompt.submit()),
    Command("prompt.cancel", "escape", "Clear and close", lambda line: line.prompt.cancel()),
)
