"""A real terminal: tmux with a server, a socket and a shell of its own, all gone after the test."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.features import SEARCH_PATH

PATIENCE = 60
"""Seconds to wait for what must appear; only a failing test waits this long."""
PROMPT = "ready>"
EXPLORER = f"{shlex.quote(sys.executable)} -m sockscope"


class Terminal:
    """One tmux pane with a shell in it."""

    def __init__(self, directory: Path, columns: int = 140, lines: int = 40) -> None:
        """Start the shell; the tmux server listens on a socket in the directory."""
        self._server = [str(shutil.which("tmux", path=SEARCH_PATH)), "-f", os.devnull, "-S", str(directory / "tmux")]
        shell = ["env", "-u", "TMUX", f"PS1={PROMPT} ", "HISTFILE=/dev/null", "bash", "--norc", "--noprofile", "-i"]
        size = ["-x", str(columns), "-y", str(lines)]
        self._tmux("new-session", "-d", *size, "-c", str(directory), shlex.join(shell))
        self.wait_for(PROMPT)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run([*self._server, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=True)
        return done.stdout

    def close(self) -> None:
        """End the shell and the server."""
        self._tmux("kill-server")

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names (`j`, `Enter`, `C-c`)."""
        self._tmux("send-keys", *keys)

    def type(self, line: str) -> None:
        """Type a line and Enter."""
        # tmux would take a semicolon at the end for the end of its own command.
        self._tmux("send-keys", "-l", f"{line[:-1]}\\;" if line.endswith(";") else line)
        self.press("Enter")

    def screen(self) -> str:
        """Read what is on the screen."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *texts: str) -> str:
        """Wait until all texts are on the screen together, and return it."""
        return self.wait_until(lambda screen: all(text in screen for text in texts), f"to show {texts}")

    def wait_without(self, text: str) -> str:
        """Wait until a text is no longer on the screen, and return it."""
        return self.wait_until(lambda screen: text not in screen, f"to stop showing {text!r}")

    def wait_for_change(self, before: str) -> str:
        """Wait until the screen is another than before, and return it."""
        return self.wait_until(lambda screen: screen != before, "to change")

    def wait_until(self, condition: Callable[[str], bool], wish: str) -> str:
        """Wait until the screen meets a condition, and return it; the wish says which, for when it does not."""
        end = time.monotonic() + PATIENCE
        while not condition(screen := self.screen()):
            assert time.monotonic() < end, f"the terminal was expected {wish}, it shows:\n{screen}"
            time.sleep(0.05)
        return screen

    def programs(self) -> list[psutil.Process]:
        """Processes that the shell has started."""
        (shell,) = self._tmux("list-panes", "-F", "#{pane_pid}").split()
        return psutil.Process(int(shell)).children(recursive=True)

    def modes(self) -> dict[str, bool]:
        """Modes a full-screen program sets and must set back."""
        names = ("alternate_on", "mouse_any_flag", "cursor_flag", "keypad_flag")
        values = self._tmux("display-message", "-p", " ".join(f"#{{{name}}}" for name in names)).split()
        return {name: value == "1" for name, value in zip(names, values, strict=True)}

    def assert_restored(self) -> None:
        """Check that the terminal is a shell's again: modes set back, and what is typed is echoed and runs."""
        assert self.modes() == {
            "alternate_on": False,
            "mouse_any_flag": False,
            "cursor_flag": True,
            "keypad_flag": False,
        }
        self.type("stty -a | grep -ow -e '-\\?echo' -e '-\\?icanon' | sort | paste -sd,; echo alive$((1 + 1))")
        screen = self.wait_for("alive2")
        assert "alive$((1 + 1))" in screen
        assert "echo,icanon" in screen


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Give a terminal with a shell at its prompt."""
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()
