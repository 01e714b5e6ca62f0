"""sockscope whose first look reads a file, as something may make it: waits_for_a_file.py here|crew FILE COMMAND…"""

import sys
from pathlib import Path
from typing import Any

from sockscope import cli
from sockscope.collect import crew
from sockscope.collect.crew import Crew
from sockscope.collect.walk import ProcessWalk

look, report = ProcessWalk._look_at_all, Crew._report
where = sys.argv[1]


def look_and_wait(self: ProcessWalk, *arguments: Any) -> None:
    if where == "here":
        Path(sys.argv[2]).read_bytes()
    look(self, *arguments)


def report_and_wait(self: Crew, pids: Any) -> bytes:
    if where == "crew":
        Path(sys.argv[2]).read_bytes()
    return report(self, pids)


crew.FEW = 1
ProcessWalk._look_at_all, Crew._report = look_and_wait, report_and_wait  # type: ignore[method-assign]
sys.exit(cli.main(sys.argv[3:]))
