"""Screens over the explorer: the terminals of the machine, and help."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from sockscope.tui.coverage import CoverageScreen
from sockscope.tui.help import HelpScreen
from sockscope.tui.keys import bindings_of
from sockscope.tui.lens import LensScreen
from sockscope.tui.menu import Menu
from sockscope.tui.pane import SidePane
from sockscope.tui.parts import Parts
from sockscope.tui.prompt import PromptInput
from sockscope.tui.rowkeys import RowKey


class Looking(Parts):
    """What is shown for a while in front of everything else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "terminals", "Terminals: jobs, and whom Ctrl+C reaches", id="app.terminals"),
        Binding("question_mark,f1", "help", "Help", id="app.help"),
        Binding("colon,ctrl+p", "command_palette", "Everything that can be done, by name", id="app.commands"),
    ]

    def action_terminals(self) -> None:
        """Tell of every terminal, that of the selected process first."""
        processes = self.rows.stands_for(self.rows.cursor)
        process = self.rows.process(self.rows.subject) if self.rows.subject is not None else None
        if process is None and processes:
            process = self.world.processes.get(processes[0])
        self.push_screen(LensScreen(self.world, "" if process is None else process.tty), self._leave_lens)

    def _leave_lens(self, key: RowKey | None) -> None:
        if key is not None:
            self.follow(key)

    def follow(self, key: RowKey) -> None:
        """Go to a row."""
        self.listing.go_to(key)

    def after_frame(self, *, first: bool) -> None:
        """Keep the terminals up to date while they are shown."""
        super().after_frame(first=first)
        if isinstance(self.screen, LensScreen):
            self.screen.look()

    def overlay_bindings(self) -> list[Binding]:
        """Return the bindings of what is shown in front of everything else."""
        return [binding for room in (Menu, HelpScreen, LensScreen, CoverageScreen) for binding in bindings_of(room)]

    def action_help(self) -> None:
        """Explain signs and keys, those of the focused part first."""
        typing = isinstance(self.focused, PromptInput)
        part = "prompt" if typing else "pane" if isinstance(self.focused, SidePane) else "tree"
        self.push_screen(HelpScreen(part, self.key_names, self.overlay_bindings()))
