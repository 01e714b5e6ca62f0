"""How the terminals of the page are set: asked at each refresh while somebody looks at them."""

from collections.abc import Callable, Sequence

from sockscope.frames.messages import Request, TerminalsAnswer
from sockscope.model.process import Process
from sockscope.world.asking import terminals_request
from sockscope.world.world import World


class TerminalSettings:
    """The last question."""

    def __init__(self, send: Callable[[Request], None]) -> None:
        """Ask through `send`."""
        self._send = send
        self._number = 0
        self._asked: Sequence[Process] = ()

    def ask(self, world: World) -> None:
        """Ask how every terminal is set."""
        self._number += 1
        request, self._asked = terminals_request(world, self._number)
        self._send(request)

    def take(self, answer: TerminalsAnswer, world: World) -> bool:
        """Let the world learn an answer; return whether it is the one that is waited for."""
        if answer.id != self._number:
            return False
        for process, report in zip(self._asked, answer.reports, strict=False):
            world.learn_terminal(process, report)
        return True
