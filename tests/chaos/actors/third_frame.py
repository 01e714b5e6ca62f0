"""sockscope whose collector does not get beyond its third frame: third_frame.py FILE sockscope ARGUMENT…

It reads FILE while it looks for that frame; "-" kills it when it has sent one half.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sockscope.cli import main as cli
from sockscope.collect.collector import Collector
from sockscope.collect.serve import Server
from sockscope.frames.codec import encode
from sockscope.frames.messages import Frame, Message
from sockscope.privileges import division

THIRD = 2
divide, send, refresh = division.divide, Server._send, Collector.refresh


def divide_here(command: Sequence[str], *others: Any) -> Any:
    return divide([sys.executable, __file__, sys.argv[1], *command[command.index("sockscope") :]], *others)


def send_a_part(self: Server, message: Message) -> None:
    if sys.argv[1] == "-" and isinstance(message, Frame) and message.seq == THIRD:
        data = encode(message)
        os.write(self._frames, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    send(self, message)


def refresh_and_read(self: Collector) -> Frame:
    if sys.argv[1] != "-" and self.refreshes == THIRD:
        Path(sys.argv[1]).read_bytes()
    return refresh(self)


division.divide = divide_here
Server._send, Collector.refresh = send_a_part, refresh_and_read  # type: ignore[method-assign]
sys.exit(cli.main(sys.argv[sys.argv.index("sockscope") + 1 :]))
