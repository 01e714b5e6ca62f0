"""sockscope without the pauses between refreshes: hasty.py COUNT sockscope ARGUMENT…

COUNT is a file that gets the number of frames an explorer has taken, "-" for none.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

from sockscope.cli import main as cli
from sockscope.cli import values
from sockscope.collect import pace, serve
from sockscope.privileges import division

values.MIN_INTERVAL = serve.MIN_INTERVAL = 0.0
pace.SHARE = 1e9
divide = division.divide


def divide_hastily(command: Sequence[str], *others: Any) -> Any:
    return divide([sys.executable, __file__, "-", *command[command.index("sockscope") :]], *others)


def count_into(path: str) -> None:
    from sockscope.tui.main_screen import MainScreen

    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    take, taken = MainScreen.take_frame, 0

    def take_and_count(self: MainScreen, frame: Any, **when: bool) -> None:
        nonlocal taken
        take(self, frame, **when)
        taken += 1
        os.pwrite(file, str(taken).encode(), 0)

    MainScreen.take_frame = take_and_count


division.divide = divide_hastily
if sys.argv[1] != "-":
    count_into(sys.argv[1])
sys.exit(cli.main(sys.argv[sys.argv.index("sockscope") + 1 :]))
