"""Descriptors that watch others in words: epoll, inotify, fanotify, pidfd, userfaultfd, perf_event."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.words import Words, counted, entries, listed, number, text, texts

_DECIDES = frozenset({"FAN_OPEN_PERM", "FAN_ACCESS_PERM", "FAN_OPEN_EXEC_PERM", "FAN_PRE_ACCESS"})


def _epoll(_target: str, fields: Fields) -> str:
    watches = number(fields, "watches")
    return "" if watches is None else f"watches {watches or 'nothing'}"


def _epoll_sentence(_target: str, fields: Fields) -> str:
    watches = number(fields, "watches")
    return "An epoll instance" + ("" if watches is None else f" that watches {counted(watches, 'file')}")


def _inotify(_target: str, fields: Fields) -> str:
    watches = entries(fields, "watches")
    if watches is None:
        return ""
    count = counted(len(watches), "watch", "watches")
    path = next((found for watch in watches if (found := text(watch, "path"))), "")
    return f"{count}: {path}{' …' if len(watches) > 1 else ''}" if path else count


def _inotify_sentence(_target: str, fields: Fields) -> str:
    watches = entries(fields, "watches")
    count = f" with {counted(len(watches), 'watch', 'watches')}" if watches is not None else ""
    return f"An inotify instance{count}: it tells of changes to files and directories"


def _fanotify(_target: str, fields: Fields) -> str:
    marks = entries(fields, "marks")
    if marks is None:
        return ""
    places = list(dict.fromkeys(text(mark, "on") for mark in marks if text(mark, "on")))
    return counted(len(marks), "mark") + (f" on {', '.join(places)}" if places else "")


def _fanotify_sentence(target: str, fields: Fields) -> str:
    marks = entries(fields, "marks") or []
    decides = any(_DECIDES & {*texts(mark, "mask")} for mark in marks)
    role = "it decides whether files may be opened or read" if decides else "it tells which files are used"
    count = f" with {_fanotify(target, fields)}" if "marks" in fields else ""
    return f"A fanotify group{count}: {role}"


def _inner(fields: Fields) -> str:
    inner = fields.get("inner_pids")
    return f" ({inner[-1]} inside)" if isinstance(inner, (list, tuple)) and inner else ""


def _pidfd(_target: str, fields: Fields) -> str:
    pid = number(fields, "pid")
    if pid is None:
        return ""
    if pid > 0:
        return f"→ pid {pid}{_inner(fields)}"
    return "→ ended" if pid else "→ outside of this pid namespace"


def _pidfd_sentence(_target: str, fields: Fields) -> str:
    what = "thread" if "O_EXCL" in texts(fields, "flags") else "process"
    pid = number(fields, "pid")
    if pid is None:
        return f"A handle on a {what}"
    if pid > 0:
        return f"A handle on a {what}, pid {pid}{_inner(fields)}"
    return f"A handle on a {what} {'that has ended' if pid else 'outside of this pid namespace'}"


def _userfaultfd(_target: str, fields: Fields) -> str:
    waiting = number(fields, "waiting_faults")
    return "" if waiting is None else f"{counted(waiting, 'fault')} waiting"


def _userfaultfd_sentence(target: str, fields: Fields) -> str:
    state, features = _userfaultfd(target, fields), texts(fields, "features")
    with_features = f", with {listed(features)}" if features else ""
    return f"A userfaultfd: page faults are handled by whoever reads it{f'; {state}' if state else ''}{with_features}"


def _perf(_target: str, _fields: Fields) -> str:
    return "performance counter"


def _perf_sentence(_target: str, _fields: Fields) -> str:
    return "A performance counter or trace of perf_event_open(2); what it counts cannot be read from outside"


WORDS = (
    Words("epoll", _epoll, _epoll_sentence),
    Words("inotify", _inotify, _inotify_sentence),
    Words("fanotify", _fanotify, _fanotify_sentence),
    Words("pidfd", _pidfd, _pidfd_sentence),
    Words("userfaultfd", _userfaultfd, _userfaultfd_sentence),
    Words("perf_event", _perf, _perf_sentence),
)
