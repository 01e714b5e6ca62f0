"""sockscope with a collector that is killed in the middle of its third frame: cut_short.py sockscope ARGUMENT…"""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from sockscope import cli
from sockscope.collect.serve import Server
from sockscope.frames.codec import encode
from sockscope.frames.messages import Frame, Message
from sockscope.privileges import roles

THIRD = 2
divide, send = roles.divide, Server._send


def divide_here(command: Sequence[str]) -> Any:
    return divide([sys.executable, __file__, *command[command.index("sockscope") :]])


def send_a_part(self: Server, message: Message) -> None:
    if isinstance(message, Frame) and message.seq == THIRD:
        data = encode(message)
        os.write(self._frames, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    send(self, message)


roles.divide = divide_here
Server._send = send_a_part  # type: ignore[method-assign]
sys.exit(cli.main(sys.argv[sys.argv.index("sockscope") + 1 :]))
