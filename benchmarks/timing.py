"""What one run of a command costs: wall time, processor time, most memory."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

PSUTIL = "import psutil; psutil.net_connections('all')"
SOCKSCOPE = (str(Path(sys.executable).with_name("sockscope")),)


@dataclass(frozen=True)
class Cost:
    """Of one run, children included."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, of all cores."""
    memory: int
    """Bytes of the largest process at its largest."""


def peers() -> dict[str, tuple[str, ...]]:
    """Name the commands to compare, those that are installed."""
    wanted = {
        "sockscope": (*SOCKSCOPE, "snapshot", "--format", "ndjson"),
        "lsof +E": ("lsof", "-nPw", "+E"),
        "lsfd": ("lsfd", *_endpoints()),
        "ss -xatunp": ("ss", "-xatunp"),
        "psutil": (sys.executable, "-c", PSUTIL),
    }
    return {name: words for name, words in wanted.items() if shutil.which(words[0])}


def _endpoints() -> tuple[str, ...]:
    """Ask lsfd for the other ends where it knows the column (util-linux 2.39)."""
    if not shutil.which("lsfd"):
        return ()
    known = subprocess.run(["lsfd", "--help"], capture_output=True, text=True, check=False).stdout
    return ("-o", "+ENDPOINTS") if "ENDPOINTS" in known else ()


def run(words: tuple[str, ...]) -> Cost:
    """Run a command to its end, its output thrown away."""
    started = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(words, stdout=nowhere, stderr=nowhere)
        _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def interleaved(commands: dict[str, tuple[str, ...]], rounds: int) -> dict[str, list[dict[str, float]]]:
    """Run each command in turn, round after round, so that a busy moment of the machine meets all of them."""
    costs: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, words in commands.items():
            costs[name].append(asdict(run(words)))
    return costs


def middle(costs: list[dict[str, float]], what: str) -> float:
    """Return the median of one cost."""
    return median(cost[what] for cost in costs)


def ratio(one: list[dict[str, float]], other: list[dict[str, float]], what: str) -> float:
    """Return the median of the ratios of paired runs."""
    return median(a[what] / b[what] for a, b in zip(one, other, strict=True))
