"""Results as lines to read."""

from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from benchmarks import timing
from benchmarks.crowd import STAGES
from benchmarks.recording import per_day

Result = dict[str, Any]


def p95(values: list[float]) -> float:
    """Return the value that 95 % do not exceed."""
    return quantiles(values, n=20)[-1]


def table(name: str, result: Result) -> list[str]:
    """Put one part into lines."""
    return _TABLES.get(name, lambda _: [])(result)


def _cold(result: Result) -> list[str]:
    lines = []
    for load, costs in result.items():
        lines += [
            f"one picture of {load} descriptors",
            f"  {'':12}{'wall s':>9}{'cpu s':>9}{'MB':>7}{'wall / ours':>13}",
        ]
        ours = costs["sockscope"]
        for tool, cost in costs.items():
            walls, cpus = timing.middle(cost, "wall"), timing.middle(cost, "cpu")
            memory, share = timing.middle(cost, "memory") / 1e6, timing.ratio(cost, ours, "wall")
            lines.append(f"  {tool:12}{walls:9.2f}{cpus:9.2f}{memory:7.0f}{share:13.2f}")
    return lines


def _refresh(result: Result) -> list[str]:
    lines = [
        "one refresh",
        f"  {'':24}{'cpu ms':>8}{'lsof cpu ms':>13}{'lsof / ours':>13}{'tables':>8}{'sockets':>9}{'waits':>8}",
    ]
    for load, found in result.items():
        ours, lsof = 1000 * median(found["cpu"]), 1000 * timing.middle(found["lsof"], "cpu")
        tables = median(work["scanned"] for work in found["work"])
        sockets = median(work["converted"] for work in found["work"])
        # What is learnt of threads, in percent of the rest of the same look.
        shares = [100 * spent / (cpu - spent) for spent, cpu in zip(found.get("waits", ()), found["cpu"], strict=False)]
        waits = median(shares) if shares else 0.0
        lines.append(f"  {load:24}{ours:8.1f}{lsof:13.0f}{lsof / ours:13.1f}{tables:8.0f}{sockets:9.0f}{waits:6.1f} %")
    return lines + _viewed(result)


def _viewed(result: Result) -> list[str]:
    """Say what the explorer makes of the same refreshes."""
    seen = {load: found["viewer"] for load, found in result.items() if found.get("viewer")}
    if not seen:
        return []
    lines = ["what the explorer does of it, cpu ms", f"  {'':24}{'applied':>9}{'rules':>9}{'page of them':>14}"]
    for load, spent in seen.items():
        applied, rules, page = (1000 * median(spent[name]) for name in ("applied", "rules", "page"))
        lines.append(f"  {load:24}{applied:9.1f}{rules:9.1f}{page:14.1f}")
    return lines


def _explorer(result: Result) -> list[str]:
    quiet, keys, shared = result["quiet"], result["keys"], result["shared"]
    return [
        "the explorer",
        (
            f"  5,000 descriptors: first paint {median(one['first'] for one in quiet):.2f} s,"
            f" idle {100 * median(one['share'] for one in quiet):.1f} % of a core"
        ),
        f"  100,000 descriptors: first paint {median(result['large_first']):.2f} s",
        (
            f"  100,000 rows unfolded: key to paint p95 {1000 * p95(keys['paint']):.0f} ms,"
            f" worst {1000 * max(keys['paint']):.0f} ms; memory {sum(keys['memory'].values()) / 1e6:.0f} MB"
        ),
        f"  a socket held 1,000 times: key to paint p95 {1000 * p95(shared):.0f} ms, worst {1000 * max(shared):.0f} ms",
    ]


def _first(result: Result) -> list[str]:
    lines = ["the first picture, from the start of the program"]
    for load, found in result.items():
        lines.append(f"  beside {load} descriptors")
        for stage in STAGES:
            wall, cpu = (median(one[stage][what] for one in found) for what in ("wall", "cpu"))
            lines.append(f"    {stage:12}{wall:9.2f} s wall{cpu:9.2f} s cpu")
    return lines


def _churn(result: Result) -> list[str]:
    return [
        "2,000 forks a second",
        (
            f"  latest start of a refresh {1000 * max(result['late']):.0f} ms after its time,"
            f" {result['returned']} rows that went and came again, {1000 * median(result['cpu']):.0f} ms a refresh"
        ),
    ]


def _endurance(result: Result) -> list[str]:
    first, last, most = (value / 1e6 for value in result["memory"])
    count = len(result["cpu"])
    return [f"{count} refreshes of 100,000 descriptors: {first:.0f} MB, {last:.0f} MB at the end, most {most:.0f} MB"]


def _growth(result: Result) -> list[str]:
    lines = ["cost by descriptors", f"  {'':>9}{'cold s':>9}{'lsof s':>9}{'refresh ms':>12}"]
    for total, found in result.items():
        cold_, lsof = found["cold"]["sockscope"], found["cold"].get("lsof +E", 0.0)
        lines.append(f"  {int(total):9,}{cold_:9.2f}{lsof:9.2f}{1000 * found['refresh']:12.1f}")
    return lines


def _recording(result: Result) -> list[str]:
    lines = ["recording once a second"]
    for load, found in result.items():
        looking, writing = sum(found["looking"][1:]), sum(found["recording"][1:])
        cost, day = 1 + writing / looking, per_day(found) / 1e6
        picture, usual = found["sizes"][0] / 1e3, median(found["sizes"][1:]) / 1e3
        lines += [
            f"  {load}, {found['descriptors']:,} descriptors: collector and recorder {cost:.3f} x the collector",
            f"    a picture {picture:,.0f} kB, a look {usual:.1f} kB, {day:,.0f} MB a day",
            f"    a jump {found['jump'] / found['first']:.2f} x the first picture ({found['first']:.2f} s)",
        ]
    return lines


_TABLES: dict[str, Callable[[Result], list[str]]] = {
    "cold": _cold, "refresh": _refresh, "explorer": _explorer, "first": _first, "churn": _churn,
    "endurance": _endurance, "growth": _growth, "recording": _recording,
    "profile": lambda found: [line for text in found.values() for line in text],
}  # fmt: skip
