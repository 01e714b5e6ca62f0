"""What is told only when somebody asks: the options of a socket, and the blind spots of the picture."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from sockscope.tui.coverage import CoverageScreen
from sockscope.tui.parts import Parts
from sockscope.tui.rowkeys import UnheldKey


class Asking(Parts):
    """Questions on request."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "socket_options", "Options of the socket, read now", id="app.socket_options"),
        Binding("exclamation_mark", "coverage", "Blind spots: what is not seen, and why", id="app.coverage"),
    ]

    def on_descriptor_tree_cursor_moved(self) -> None:
        """Forget the options of the socket that is left."""
        self.socket_options.forget(self.rows.subject)

    def action_socket_options(self) -> None:
        """Ask for the options of the selected socket, or say why they cannot be asked for."""
        related = self.rows.related
        if related is not None and related.descriptor.kind == "socket":
            self.socket_options.ask(related.descriptor)
            self.show_selection(afresh=False)
        elif isinstance(self.rows.cursor, UnheldKey):
            self.say("Socket options are read through a descriptor, and nobody holds this socket.")
        else:
            self.say("Only a socket has socket options.")

    def action_coverage(self) -> None:
        """Tell what is not seen, why, and what would show it."""
        self.push_screen(CoverageScreen(self.world))
