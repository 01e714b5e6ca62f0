"""sockscope whose collector does not get beyond its third frame: third_frame.py FILE sockscope ARGUMENT…

It reads FILE before it sends that frame; "-" kills it when it has sent one half.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sockscope import cli
from sockscope.collect.serve import Server
from sockscope.frames.codec import encode
from sockscope.frames.messages import Frame, Message
from sockscope.privileges import roles

THIRD = 2
divide, send = roles.divide, Server._send


def divide_here(command: Sequence[str]) -> Any:
    return divide([sys.executable, __file__, sys.argv[1], *command[command.index("sockscope") :]])


def send_a_part(self: Server, message: Message) -> None:
    third = isinstance(message, Frame) and message.seq == THIRD
    if third and sys.argv[1] != "-":
        Path(sys.argv[1]).read_bytes()
    elif third:
        data = encode(message)
        os.write(self._frames, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    send(self, message)


roles.divide = divide_here
Server._send = send_a_part  # type: ignore[method-assign]
sys.exit(cli.main(sys.argv[sys.argv.index("sockscope") + 1 :]))
