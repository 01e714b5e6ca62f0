"""What processes wait in, in a few words for a row: the most telling call of a process, and how many others."""

from collections import Counter
from collections.abc import Iterable

from sockscope.model.wait import ProcessWaits, Wait

MOST = 3
"""Sorts of waits of one process that are named."""
SETS = frozenset({"poll", "ppoll", "select", "pselect6"})
"""Calls that wait for a set of descriptors which lies in the memory of the process."""
_TELLING = (
    ("write", "writev", "sendto", "sendmsg", "flock", "fcntl", "open", "openat"),
    ("read", "readv", "recvfrom", "recvmsg", "wait4", "waitid", "accept", "accept4", "connect"),
    ("epoll_wait", "epoll_pwait", "epoll_pwait2", *sorted(SETS)),
)
"""Calls by how much they tell of a process that has several threads, the most telling first."""
_RANKS = {call: rank for rank, calls in enumerate(_TELLING) for call in calls}


def call_words(wait: Wait) -> str:
    """Write a blocked call: `epoll_wait(12)`, `poll()`, `wait4(17)`, `futex`; `blocked` for one outside of a call."""
    if wait.call in SETS:
        return f"{wait.call}()"
    number = wait.fd if wait.fd >= 0 else wait.child if wait.child > 0 else -1
    return (f"{wait.call}({number})" if number >= 0 else wait.call) or "blocked"


def halted_words(wait: Wait) -> str:
    """Write a blocked call, and of one that is halted what it was in: `stopped; was in epoll_wait(12)`."""
    if not wait.halted:
        return call_words(wait)
    return f"{wait.halted}; was in {call_words(wait)}" if wait.call else wait.halted


def wait_words(said: ProcessWaits | None) -> str:
    """Say what a process waits in: `read(3)`, `12 threads: futex 11, read(3)`; "" where it runs or nothing is known."""
    if said is None or not said.waits:
        return ""
    if said.threads == 1:
        return halted_words(said.waits[0])
    halted = {wait.halted for wait in said.waits}
    if len(halted) == 1 and "" not in halted and not said.running:
        first = min(said.waits, key=_rank)
        return f"{said.threads} threads {halted_words(first)}"
    return f"{said.threads} threads: {', '.join(_sorts(said))}"


def _sorts(said: ProcessWaits) -> Iterable[str]:
    """Name the sorts of waits, the commonest first; a single one with its descriptor."""
    by_call: dict[str, list[Wait]] = {}
    for wait in said.waits:
        by_call.setdefault(wait.halted or wait.call or "blocked", []).append(wait)
    counted = [(len(waits), _rank(waits[0]), call, waits) for call, waits in by_call.items()]
    counted.sort(key=lambda one: (-one[0], one[1], one[2]))
    if len(counted) > MOST:
        telling = sorted(counted, key=lambda one: (one[1], -one[0]))[: MOST - 1]
        counted = [*counted[:1], *(one for one in telling if one is not counted[0])]
    words = [halted_words(waits[0]) if number == 1 else f"{call} {number}" for number, _, call, waits in counted]
    named = sum(number for number, _, _, _ in counted)
    rest = Counter({"running": said.running, "more": len(said.waits) - named, "unknown": said.unread})
    return [*words, *(f"{number} {what}" for what, number in rest.items() if number)]


def _rank(wait: Wait) -> int:
    return _RANKS.get(wait.call, len(_TELLING))


def telling_facts(said: ProcessWaits | None) -> object:
    """Return what a view shows of waits: equal as long as nothing that is said of a process has changed."""
    if said is None:
        return None
    return [(wait.tid, wait.call, wait.fd, wait.child, wait.halted) for wait in said.waits], said.running, said.unread
