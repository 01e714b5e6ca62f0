"""Taking away what is seen: into the clipboard of the terminal, or into a file."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from sockscope.report.export import export_text, form_of
from sockscope.report.new_file import NewFileError, write_new
from sockscope.report.selection import Selection
from sockscope.tui.finding import Finding
from sockscope.tui.prompt import Fault, Prompt

EXPORT = "export"


class Keeping(Finding):
    """Copies and files."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy the row", id="app.copy"),
        Binding("Y", "copy_pane", "Copy the side pane", id="app.copy_pane"),
        Binding("e", "export", "Write what is shown to a file: .json .ndjson .csv .svg", id="app.export"),
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

    def action_export(self) -> None:
        """Ask for a path; its ending chooses the form."""
        host = self.world.hello.host if self.world.hello is not None else "host"
        name = "".join(char if char.isalnum() or char in "-." else "-" for char in host)
        self.prompt.open(EXPORT, "write to", f"sockscope-{name}.json")

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        """Write the file, or say why not and keep asking."""
        if message.purpose != EXPORT:
            return
        path = message.text.strip()
        if path.lower().endswith(".svg"):
            self.prompt.close()
            self.listing.focus()
            self.call_after_refresh(self._write_picture, path)
            return
        form = form_of(path)
        if self._write(path, export_text(self.world, self._shown(), form), form.upper()):
            self.prompt.close()
            self.listing.focus()

    def _write_picture(self, path: str) -> None:
        self._write(path, self.export_screenshot(title="sockscope"), "SVG of the screen")

    def _write(self, path: str, text: str, what: str) -> bool:
        data = text.encode("utf-8", "backslashreplace")
        try:
            write_new(path, data)
        except NewFileError as error:
            self.prompt.fault(Fault(str(error)))
            if not self.prompt.display:
                self.say(str(error), "Not written")
            return False
        self.say(f"{path}: {len(data):,} bytes", f"Wrote {what}")
        return True

    def _shown(self) -> Selection:
        """What the list contains, filter included."""
        pids = frozenset(self.options.pids)
        threads = self.rows.selection.kernel_threads
        sieve = self.rows.scope.sieve
        if sieve is None:
            return Selection(pids, None, kernel_threads=threads)
        return Selection(
            pids,
            lambda _, descriptor: sieve.hits(descriptor.key),
            kernel_threads=threads,
            accept_process=lambda process: process.key in sieve.processes,
        )
