"""Taking away what is seen: the row or the pane into the clipboard of the terminal."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from sockscope.tui.parts import Parts


class Keeping(Parts):
    """Copies."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy the row", id="app.copy"),
        Binding("Y", "copy_pane", "Copy the side pane", id="app.copy_pane"),
    ]

    def action_copy(self) -> None:
        """Copy the row under the cursor (OSC 52)."""
        text = self.listing.row_text()
        if text:
            self._copy(text, "Copied")

    def action_copy_pane(self) -> None:
        """Copy the text of the side pane (OSC 52)."""
        text = self.pane.text().strip("\n")
        if text:
            first = next(line for line in text.splitlines() if line.strip()).strip()
            lines = text.count("\n") + 1
            self._copy(text, f"Copied the pane: {lines} lines", first)

    def _copy(self, text: str, title: str, said: str = "") -> None:
        """Hand a text to the terminal, which may not take it: so say what it was."""
        self.copy_to_clipboard(text)
        self.say(said or text, title)
