"""pidfd: a process, held so that its pid cannot come to mean another."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, integer
from sockscope.kinds.words import number, texts
from sockscope.model.descriptor import CleanFields, Fields


def _decode(lines: Lines) -> CleanFields:
    """Read the target: `pid` is -1 once it is gone, 0 when it is not visible in our pid namespace.

    fdinfo knows no zombies: one that has ended and was not waited for has its pid, and `ended` false. Whoever knows
    the process says so.

    `inner_pids`: its pid in each pid namespace below ours, its own last (`NSpid` without the first).
    """
    values = dict(lines)
    fields: CleanFields = {}
    pid = integer(values.get(b"Pid", b""))
    if pid is not None:
        fields["pid"] = pid
        fields["ended"] = pid == -1
    inner = [integer(text) for text in values.get(b"NSpid", b"").split()[1:]]
    fields["inner_pids"] = [pid for pid in inner if pid is not None]
    return fields


def _inner(fields: Fields) -> str:
    inner = fields.get("inner_pids")
    return f" ({inner[-1]} inside)" if isinstance(inner, (list, tuple)) and inner else ""


def _phrase(_target: str, fields: Fields) -> str:
    pid = number(fields, "pid")
    if pid is None:
        return ""
    if pid > 0:
        return f"→ pid {pid}{_inner(fields)}{', ended' if fields.get('ended') else ''}"
    return "→ ended" if pid else "→ outside of this pid namespace"


def _sentence(_target: str, fields: Fields) -> str:
    what = "thread" if "O_EXCL" in texts(fields, "flags") else "process"
    pid = number(fields, "pid")
    if pid is None:
        return f"A handle on a {what}"
    if pid > 0 and fields.get("ended"):
        return f"A handle on a {what} that has ended and was not waited for, pid {pid}{_inner(fields)}"
    if pid > 0:
        process = number(fields, "process")
        return f"A handle on a {what}, pid {pid}{_inner(fields)}" + (f", of process {process}" if process else "")
    return f"A handle on a {what} {'that has ended' if pid else 'outside of this pid namespace'}"


KIND = Kind(
    "pidfd",
    anon=(b"[pidfd]",),
    prefixes=(b"pidfd",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="inode in pidfs; before 6.9 kcmp",
    tells="which process, and whether it has ended",
    since="5.3",
    reopened=True,
    colour="event",
)
