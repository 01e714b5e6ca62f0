"""The tutorial, word by word: its nginx, commands and keys on a real terminal, and its answers on the screen."""

import contextlib
import re
import shlex
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.live.commandline import sockscope
from tests.live.conftest import wait_until
from tests.terminal.conftest import EXPLORER, Terminal

pytestmark = pytest.mark.needs("nginx", "tmux", "kcmp", "root")

TUTORIAL = Path(__file__).parents[2] / "docs/tutorial.md"
MOST_KEYS = 3
PROGRAM = "sudo .venv/bin/sockscope "
DIRECTORY = "/tmp/puzzle"
PIDS = ("5065", "5066", "5067")
"""Master and workers, as the tutorial calls them."""
PORTS = ("8888", "8889")
NAMES = {"↵": "Enter"}
"""What tmux calls keys."""
VARIES = r"\b0x[0-9a-f]{6,}\b|\b\d{6,}\b|\b1038\b|\b5056\b"
"""What is another number in every run: addresses, inodes, the pid of the shell."""


@dataclass
class Stay:
    """What the tutorial does between opening the explorer and leaving it."""

    target: str
    turns: list[tuple[tuple[str, ...], list[str]]] = field(default_factory=list)
    """Keys, and the blocks of text that are on the screen after them."""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for keys, _ in self.turns for key in keys)


def questions() -> dict[str, list[Stay]]:
    """Read every question with what the tutorial tells to type for it, and what it says is then on the screen."""
    setup, *sections = re.split(r"^## ", TUTORIAL.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    opened = PROGRAM + re.findall(f"{PROGRAM}(.*)", setup)[-1]
    found: dict[str, list[Stay]] = {}
    for section in sections:
        question, *paragraphs = re.split(r"\n\n", section)
        if question.endswith("?"):
            if not any(PROGRAM in one for one in paragraphs):
                paragraphs.insert(0, f"    {opened}")
            found[question] = stays(paragraphs)
    return found


def stays(paragraphs: list[str]) -> list[Stay]:
    made: list[Stay] = []
    for paragraph in paragraphs:
        text = paragraph.strip()
        if text.startswith(PROGRAM):
            made.append(Stay(text.removeprefix(PROGRAM)))
        elif text.startswith("Keys: "):
            made[-1].turns.append((tuple(NAMES.get(key, key) for key in re.findall("`(.)`", text)), []))
        elif text.startswith("No key"):
            made[-1].turns.append(((), []))
        elif paragraph.startswith("    "):
            made[-1].turns[-1][1].append(paragraph)
    return made


@dataclass(frozen=True)
class Puzzle:
    """The nginx of the tutorial, on ports that are free here."""

    names: dict[str, str]
    """What the tutorial calls pids and ports, and what they are."""

    def real(self, text: str) -> str:
        """Put the real pids and ports into a text of the tutorial."""
        return re.sub("|".join(self.names), lambda found: self.names[found[0]], text)

    def pattern(self, line: str) -> str:
        """Make a pattern for a line of the tutorial: real numbers, any blanks, and anything from … on."""
        start, _, _ = line.partition("…")
        words = [self._word(word) for word in start.split()]
        return " ".join(words)

    def _word(self, word: str) -> str:
        pieces = re.split(f"({VARIES})", word)
        return "".join(r"\w+" if place % 2 else re.escape(self.real(piece)) for place, piece in enumerate(pieces))


def free_ports() -> tuple[int, int]:
    with contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2))
        return first.getsockname()[1], second.getsockname()[1]


@pytest.fixture(scope="module")
def puzzle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puzzle]:
    """Type the set-up of the tutorial into a terminal, and end it as the tutorial does."""
    directory = tmp_path_factory.mktemp("puzzle")
    setup = TUTORIAL.read_text(encoding="utf-8").split("## Set up")[1].split("\n## ")[0]
    lines = [line[4:] for line in setup.splitlines() if line.startswith("    ") and PROGRAM not in line]
    ports = dict(zip(PORTS, map(str, free_ports()), strict=True))
    typed = re.sub("|".join(PORTS), lambda found: ports[found[0]], "\n".join(lines)).replace(DIRECTORY, str(directory))
    terminal = Terminal(directory)
    try:
        for line in typed.splitlines():
            terminal.type(line)
        terminal.wait_until(
            lambda _screen: any(len(one.children()) == 2 for one in masters(terminal)),
            "to run an nginx with two workers",
        )
        (master,) = masters(terminal)
        pids = [str(master.pid), *(str(pid) for pid in sorted(child.pid for child in master.children()))]
        yield Puzzle(dict(zip(PIDS, pids, strict=True)) | ports)
        terminal.press("C-c")
        wait_until(lambda: not master.is_running())
    finally:
        for one in terminal.programs():
            with contextlib.suppress(psutil.NoSuchProcess):  # which is what is wanted
                one.kill()
        terminal.close()


def masters(terminal: Terminal) -> list[psutil.Process]:
    return [one for one in terminal.programs() if "nginx: master process" in " ".join(one.cmdline())]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("window"), columns=160, lines=50)
    yield terminal
    terminal.close()


def beside(screen: str) -> str:
    """Read what stands beside the tree, or over it, without line breaks."""
    return " ".join(" ".join(line.split("│")[1] for line in screen.splitlines() if "│" in line).split())


QUESTIONS = questions()


def test_the_tutorial_answers_the_six_questions_with_at_most_three_keys_each() -> None:
    assert len(QUESTIONS) == 6
    for question, made in QUESTIONS.items():
        assert made, question
        for stay in made:
            assert len(stay.keys) <= MOST_KEYS, question
            assert all(blocks for _, blocks in stay.turns), question


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_keys_of_the_tutorial_show_what_it_says(question: str, puzzle: Puzzle, window: Terminal) -> None:
    for stay in QUESTIONS[question]:
        window.type(f"clear; {EXPLORER} {shlex.quote(puzzle.real(stay.target))}; echo status=$?")
        window.wait_for(f"│ {puzzle.names[PIDS[0]]}:", "tcp  rw")
        for keys, blocks in stay.turns:
            take_turn(window, puzzle, keys, blocks)
        # Ctrl+C leaves from everywhere, from over the tree, too.
        window.press("C-c")
        window.wait_for("status=0")


def take_turn(window: Terminal, puzzle: Puzzle, keys: Sequence[str], blocks: Iterable[str]) -> None:
    """Press the keys, and wait until the screen says every line that the tutorial shows then."""
    if keys:
        window.press(*keys)
    for line in (line for block in blocks for line in block.splitlines()):
        pattern = re.compile(puzzle.pattern(line))
        window.wait_until(lambda now, wanted=pattern: wanted.search(beside(now)), f"to say {line.strip()!r}")


SERVICE = ("7001", "7002")
"""The service that hangs and its `sed`, as the tutorial calls them."""


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Puzzle]:
    """Type the set-up of the service that hangs, and end it as the tutorial does."""
    setup = CHAPTER.partition(OPENED)[0].replace("/tmp/hang", str(tmp_path))
    terminal = Terminal(tmp_path)
    try:
        for line in (line[4:] for line in setup.splitlines() if line.startswith("    ")):
            terminal.type(line)
        terminal.wait_until(lambda _screen: bool(hung(terminal)), "to run a service with a sed")
        yield Puzzle(dict(zip(SERVICE, hung(terminal), strict=True)))
        terminal.press("C-c")
        wait_until(lambda: not hung(terminal))
    finally:
        for one in terminal.programs():
            with contextlib.suppress(psutil.NoSuchProcess):  # which is what is wanted
                one.kill()
        terminal.close()


def hung(terminal: Terminal) -> list[str]:
    """The pids of the service and of its `sed`, nothing before there are both."""
    for one in terminal.programs():
        with contextlib.suppress(psutil.NoSuchProcess):
            below = [child for child in one.children() if child.name() == "sed"]
            if below and one.cmdline()[-1].endswith("service.py"):
                return [str(one.pid), str(below[0].pid)]
    return []


CHAPTER = TUTORIAL.read_text(encoding="utf-8").split("## A service that hangs")[1].split("\n## ")[0]
OPENED = f"    {PROGRAM.strip()}\n"


def test_a_service_that_hangs_is_solved_in_three_keys(hanging: Puzzle, window: Terminal) -> None:
    (stay,) = stays([f"    {PROGRAM}all", *CHAPTER.partition(OPENED)[2].split("\n\n")])
    (no_keys, [counted]), *turns = stay.turns
    assert (no_keys, stay.keys) == ((), ("F", "Enter", "w"))
    window.type(f"clear; {EXPLORER}; echo status=$?")
    window.wait_for(counted.strip())
    for keys, blocks in turns:
        take_turn(window, hanging, keys, blocks)
    window.press("C-c")
    window.wait_for("status=0")


def test_the_same_answers_come_without_a_screen(puzzle: Puzzle) -> None:
    text = TUTORIAL.read_text(encoding="utf-8").split("## Without a screen")[1].split("\n## ")[0]
    commands = re.findall(f"{PROGRAM}(.*)", text)
    assert len(commands) == 3
    for command in commands:
        done = sockscope(*shlex.split(puzzle.real(command)))
        assert (done.status, done.err) == (0, "")
        assert puzzle.names[PIDS[0]] in done.out
