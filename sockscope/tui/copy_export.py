"""Taking away what is seen: into the clipboard of the terminal, or into a file."""

import os
from typing import TYPE_CHECKING

from sockscope.report.export import export_text, form_of
from sockscope.report.new_file import NewFileError
from sockscope.report.selection import Selection
from sockscope.tui.widgets.prompt import Fault

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

EXPORT = "export"
"""Purpose of the prompt while it asks for a path."""


class CopyExport:
    """Copies and files."""

    def __init__(self, main: "MainScreen") -> None:
        """Take away what `main` shows."""
        self._main = main
        self._session = main.session

    def copy_row(self) -> None:
        """Copy the row under the cursor (OSC 52)."""
        text = self._main.listing.row_text()
        if text:
            self._copy(text, "Copied")

    def copy_pane(self) -> None:
        """Copy the text of the side pane (OSC 52)."""
        text = self._main.pane.text().strip("\n")
        if text:
            first = next(line for line in text.splitlines() if line.strip()).strip()
            lines = text.count("\n") + 1
            self._copy(text, f"Copied the pane: {lines} lines", first)

    def _copy(self, text: str, title: str, said: str = "") -> None:
        """Hand a text to the terminal, which may not take it: so say what it was."""
        self._main.app.copy_to_clipboard(text)
        self._main.say(said or text, title)

    def ask_for_path(self) -> None:
        """Ask for a path; its ending chooses the form."""
        host = self._session.world.hello.host if self._session.world.hello is not None else "host"
        name = "".join(char if char.isalnum() or char in "-." else "-" for char in host)
        self._main.prompt.open(EXPORT, "write to", f"{_writable_place()}sockscope-{name}.json")

    def write_to(self, path: str) -> None:
        """Write the file, or say why not and keep asking."""
        if path.lower().endswith(".svg"):
            self._main.close_prompt()
            self._main.app.call_after_refresh(self._write_picture, path)
            return
        form = form_of(path)
        if self._write(path, export_text(self._session.world, self._shown(), form), form.upper()):
            self._main.close_prompt()

    def _write_picture(self, path: str) -> None:
        self._write(path, self._main.app.export_screenshot(title="sockscope"), "SVG of the screen")

    def _write(self, path: str, text: str, what: str) -> bool:
        data = text.encode("utf-8", "backslashreplace")
        try:
            self._session.options.write_new(path, data)
        except NewFileError as error:
            self._main.prompt.fault(Fault(str(error)))
            if not self._main.prompt.display:
                self._main.say(str(error), "Not written")
            return False
        self._main.say(f"{path}: {len(data):,} bytes", f"Wrote {what}")
        return True

    def _shown(self) -> Selection:
        """What the list contains, filter included."""
        pids = frozenset(self._session.options.pids)
        threads = self._session.rows.contents.selection.kernel_threads
        hits = self._session.rows.contents.scope.filter_hits
        if hits is None:
            return Selection(pids, None, kernel_threads=threads)
        return Selection(
            pids,
            lambda _, descriptor: hits.has(descriptor.key),
            kernel_threads=threads,
            accept_process=lambda process: process.key in hits.processes,
        )


def _writable_place() -> str:
    """Return "" for the working directory, or where everybody may write when this process may not write there."""
    # Not by tempfile, which tries directories out by writing: the kernel refuses that to this process.
    return "" if os.access(".", os.W_OK) else "/tmp/"  # noqa: S108  # a name to propose; the file is made new or not at all
