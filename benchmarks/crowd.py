"""How soon the first picture beside a crowd shows what was asked for, and how soon it is whole.

Run as a program with the pid that is asked for, it prints one line of JSON for each stage.
"""

import argparse
import json
import subprocess
import sys
import time
from typing import Any

from sockscope.collect.collector import Collector

STAGES = ("preview", "asked for", "whole")
"""Processes alone; the descriptors of the process that was asked for; everything."""


def look(pid: int) -> None:
    """Put the first picture together as the explorer's collector does, and tell when each stage stands."""
    collector = Collector(staged=True)
    collector.prefer([pid])
    collector.preview()
    _tell("preview")
    asked = False
    while not asked or collector.waiting:
        collector.refresh()
        if not asked and any(key.pid == pid and table for key, table in collector.tables.items()):
            asked = True
            _tell("asked for")
    _tell("whole")
    collector.close()


def _tell(stage: str) -> None:
    print(json.dumps({"stage": stage, "wall": time.monotonic(), "cpu": time.process_time()}), flush=True)


def measure(rounds: int) -> list[dict[str, Any]]:
    """Look at a process that was started last, again and again; seconds from the start of the program."""
    found = []
    with subprocess.Popen(["sleep", "infinity"]) as asked:
        try:
            for _ in range(rounds):
                started = time.monotonic()
                words = [sys.executable, "-m", "benchmarks.crowd", str(asked.pid)]
                said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
                stages = {one.pop("stage"): one for one in map(json.loads, said)}
                found.append({name: {**one, "wall": one["wall"] - started} for name, one in stages.items()})
        finally:
            asked.kill()
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pid", type=int)
    look(parser.parse_args().pid)
