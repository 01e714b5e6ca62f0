"""Measure everything and keep the results: `python -m benchmarks.run [what …]`.

Peers and sockscope run in turn on the same load, round after round. Numbers of other runs and other
machines are not comparable; the ratios of paired runs are.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import crowd, refreshing, terminal, timing
from benchmarks import recording as recorder
from benchmarks.load import Load, Shape
from benchmarks.plot import draw
from benchmarks.profiling import profiles
from benchmarks.tables import table

RESULTS = Path(__file__).parent / "results"
LOADS = (Shape(200, 250), Shape(1000, 100))
REFRESHED = (Shape(200, 250), Shape(200, 250, active=4), Shape(1000, 100), Shape(1000, 100, active=20))
CROWDS = (Shape(1000, 100),)
RECORDED = Shape(200, 275)
GROWTH = (10, 50, 200, 500, 1000)
"""Processes of 100 descriptors each."""
DRAWN = frozenset({"sockscope", "lsof +E", "lsfd"})
ROUNDS = 7
Result = dict[str, Any]


def machine() -> Result:
    """Describe the machine in words that fit any."""
    versions = {"lsof": ("lsof", "-v"), "lsfd": ("lsfd", "--version"), "ss": ("ss", "--version")}
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)),
        "architecture": platform.machine(),
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        "peers": {name: _version(words) for name, words in versions.items()},
        "load_average": os.getloadavg()[0],
    }


def _version(words: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "not installed"
    lines = (done.stdout + done.stderr).splitlines()
    found = next((line for line in lines if "revision" in line and "latest" not in line), lines[0] if lines else "")
    return found.replace("revision:", "").strip()


def cold(rounds: int) -> Result:
    """Take one complete picture with each tool."""
    results = {}
    for shape in LOADS:
        with Load(shape):
            results[shape.name] = timing.interleaved(timing.peers(), rounds)
    return results


def refresh(rounds: int) -> Result:
    """Look again while nothing, and while 2 % of the processes, have run; lsof in between."""
    results = {}
    for shape in REFRESHED:
        with Load(shape):
            lsof = timing.interleaved({"lsof +E": ("lsof", "-nPw", "+E")}, rounds)["lsof +E"]
            found = refreshing.measure(4 * rounds, interval=1.0, viewed=True)
            results[f"{shape.name}, {shape.active} active"] = {**found, "lsof": lsof}
    return results


def explorer(rounds: int) -> Result:
    """Start the explorer and leave it alone; then press keys with everything unfolded."""
    with Load(Shape(300, 16)):
        quiet = [terminal.idle_share(12.0) for _ in range(max(2, rounds // 3))]
    with Load(Shape(1000, 100, active=10)):
        large = [terminal.first_paint() for _ in range(max(2, rounds // 3))]
        keys = terminal.keystrokes(25 * rounds)
    with Load(Shape(0, 0, shared=1000)) as load:
        shared = terminal.highlight(8 * rounds, load.members()[500])
    return {"quiet": quiet, "large_first": large, "keys": keys, "shared": shared}


def first(rounds: int) -> Result:
    """Ask for one process beside a crowd."""
    results = {}
    for shape in CROWDS:
        with Load(shape):
            results[shape.name] = crowd.measure(rounds)
    return results


def churn(rounds: int) -> Result:
    """Look while 2,000 processes a second start and end."""
    with Load(Shape(100, 20, forks=2000)):
        return refreshing.measure(5 * rounds, interval=1.0)


def endurance(rounds: int) -> Result:
    """Look 1,000 times."""
    with Load(Shape(1000, 100, active=10)):
        return refreshing.measure(1000 if rounds >= ROUNDS else 100, interval=0.0, warm=50)


def growth(rounds: int) -> Result:
    """Let the number of descriptors grow."""
    results = {}
    for processes in GROWTH:
        shape = Shape(processes, 100)
        with Load(shape):
            commands = {
                name: words for name, words in timing.peers().items() if name in {"sockscope", "lsof +E", "lsfd"}
            }
            costs = timing.interleaved(commands, max(3, rounds // 2))
            again = refreshing.measure(8, interval=0.3)
        results[str(shape.total)] = {
            "cold": {name: timing.middle(cost, "wall") for name, cost in costs.items()},
            "refresh": median(again["cpu"]),
            "lsof_cpu": timing.middle(costs["lsof +E"], "cpu") if "lsof +E" in costs else None,
        }
    return results


def recording(rounds: int) -> Result:
    """Record once a second while nothing of the load runs, and while 500 connections a second come and go."""
    results = {}
    with Load(RECORDED):
        results["quiet"] = recorder.measure(8 * rounds)
        with recorder.connections(500):
            results["500 connections a second"] = recorder.measure(8 * rounds)
    return results


PARTS: dict[str, Callable[[int], Result]] = {
    "cold": cold, "refresh": refresh, "explorer": explorer, "first": first, "churn": churn, "endurance": endurance,
    "growth": growth, "recording": recording, "profile": profiles,
}  # fmt: skip


def main() -> int:
    """Measure what is named, everything by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    unknown = [name for name in options.parts if name not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    if os.geteuid():
        print("Without root only own processes are read; peers read no more, so ratios still mean something.")
    RESULTS.mkdir(exist_ok=True)
    for name in options.parts or PARTS:
        started = time.time()
        result = PARTS[name](options.rounds)
        kept = {"part": name, "time": round(started), "rounds": options.rounds, "machine": machine(), "result": result}
        (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        print("\n".join(table(name, result)), flush=True)
        if name == "growth":
            draw(result, RESULTS / "growth.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
