"""Signals by name (`signal(7)`, the numbers of x86, arm, riscv and s390)."""

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str, ours

_STANDARD = """
    HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG
    XCPU XFSZ VTALRM PROF WINCH IO PWR SYS
"""
_NAMES = ("", *_STANDARD.split())
_RTMIN, _RTMAX = 34, 64
"""As glibc counts: it keeps 32 and 33 for itself."""


def signal_name(number: int) -> Clean:
    """Name a signal as `kill -l` does: SIGINT, SIGRTMIN+3; `SIG32` where there is no name."""
    if 1 <= number < len(_NAMES):
        return ours("SIG{}", clean_str(_NAMES[number]))
    if number == _RTMIN:
        return ours("SIGRTMIN")
    if number == _RTMAX:
        return ours("SIGRTMAX")
    if _RTMIN < number <= (_RTMIN + _RTMAX) // 2:
        return ours("SIGRTMIN+{}", number - _RTMIN)
    if _RTMIN < number < _RTMAX:
        return ours("SIGRTMAX-{}", _RTMAX - number)
    return ours("SIG{}", number)


def signal_names(mask: int) -> list[Clean]:
    """Name the signals of a mask, lowest number first; bit 0 is signal 1 (`SigCgt` of `proc_pid_status(5)`)."""
    return [signal_name(bit + 1) for bit in range(mask.bit_length()) if mask >> bit & 1]
