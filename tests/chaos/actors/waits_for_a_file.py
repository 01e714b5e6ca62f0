"""sockscope that reads a file when it looks, as something may make it: waits_for_a_file.py WHEN FILE COMMAND…

WHEN is `here`, `fork` (in a fork that reads ahead) or `inspection`.
"""

import sys
from pathlib import Path
from typing import Any

from sockscope.cli import main as cli
from sockscope.collect.inspect import Inspector
from sockscope.collect.processes.walk import ProcessWalk
from sockscope.collect.tables import parallel_tables
from sockscope.collect.tables.parallel_tables import ParallelTables

look, report, answer = ProcessWalk._look_at_all, ParallelTables._report, Inspector.answer
when = sys.argv[1]


def look_and_wait(self: ProcessWalk, *arguments: Any) -> None:
    if when == "here":
        Path(sys.argv[2]).read_bytes()
    look(self, *arguments)


def report_and_wait(self: ParallelTables, pids: Any) -> bytes:
    if when == "fork":
        Path(sys.argv[2]).read_bytes()
    return report(self, pids)


def answer_and_wait(self: Inspector, *arguments: Any) -> Any:
    if when == "inspection":
        Path(sys.argv[2]).read_bytes()
    return answer(self, *arguments)


parallel_tables.FEW = 1
Inspector.answer = answer_and_wait  # type: ignore[method-assign]
ProcessWalk._look_at_all, ParallelTables._report = look_and_wait, report_and_wait  # type: ignore[method-assign]
sys.exit(cli.main(sys.argv[3:]))
