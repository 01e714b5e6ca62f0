"""What an import loads: who needs no screen does not pay for one."""

import subprocess
import sys

import pytest

QUESTION = "import sys, {module}; print(*[name for name in {forbidden!r} if name in sys.modules])"


def loaded(module: str, *forbidden: str) -> list[str]:
    """Import a module in a fresh interpreter and name which of the forbidden ones came with it."""
    question = QUESTION.format(module=module, forbidden=forbidden)
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "module",
    [
        "sockscope",
        "sockscope.model.process",
        "sockscope.frames.codec",
        "sockscope.world.world",
        "sockscope.report.snapshot",
        "sockscope.collect.collector",
        "sockscope.feed.stream",
        "sockscope.cli.main",
    ],
)
def test_everything_but_the_explorer_imports_without_a_screen(module: str) -> None:
    assert loaded(module, "textual", "rich") == []


@pytest.mark.parametrize("module", ["sockscope.world.world", "sockscope.report.snapshot", "sockscope.cli.main"])
def test_what_does_not_collect_imports_without_the_collectors_libraries(module: str) -> None:
    assert loaded(module, "psutil") == []


def test_looking_at_sockets_imports_no_event_loop_and_no_library_that_is_for_looking_closely() -> None:
    forbidden = ("asyncio", "ssl", "psutil", "pyroute2", "pyroute2.netlink", "hashlib", "subprocess")
    assert loaded("sockscope.collect.collector", *forbidden) == []


def test_the_question_sees_what_is_loaded() -> None:
    assert loaded("textual", "textual", "rich") == ["textual", "rich"]
