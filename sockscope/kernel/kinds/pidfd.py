"""pidfd: a process, held so that its pid cannot come to mean another."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, integer


def _parse(lines: Lines) -> Fields:
    """Read the target: `pid` is -1 once it has ended, 0 when it is not visible in our pid namespace.

    `inner_pids`: its pid in each pid namespace below ours, its own last (`NSpid` without the first).
    """
    values = dict(lines)
    fields: Fields = {}
    pid = integer(values.get(b"Pid", b""))
    if pid is not None:
        fields["pid"] = pid
        fields["ended"] = pid == -1
    inner = [integer(text) for text in values.get(b"NSpid", b"").split()[1:]]
    fields["inner_pids"] = [number for number in inner if number is not None]
    return fields


FAMILIES = (Family("pidfd", anon=(b"[pidfd]",), prefixes=(b"pidfd",), parse=_parse),)
