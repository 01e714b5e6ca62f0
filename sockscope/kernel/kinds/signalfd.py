"""signalfd: signals that are read instead of delivered."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, integer
from sockscope.kernel.signals import signal_names


def _parse(lines: Lines) -> Fields:
    mask = integer(dict(lines).get(b"sigmask", b""), 16)
    return {} if mask is None or mask < 0 else {"signals": signal_names(mask)}


FAMILIES = (Family("signalfd", anon=(b"[signalfd]",), parse=_parse),)
