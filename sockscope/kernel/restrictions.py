"""Rules that keep processes apart: hidepid of a procfs, Yama, and our own capabilities (`capabilities(7)`)."""

import re

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean
from sockscope.kernel import release

CAP_SYS_PTRACE, CAP_SYS_ADMIN = 19, 21
_CAPABILITIES = re.compile(rb"^CapEff:\s*([0-9a-fA-F]+)$", re.MULTILINE)
_HIDEPID = re.compile(rb"\bhidepid=(\w+)")
_OFF = frozenset({"", "0", "off"})
_LIMIT = 4 << 20


def parse_hidepid(mountinfo: Raw, root: str = "/proc") -> Clean:
    """Find the `hidepid` of the procfs mounted at `root` (`proc(5)`), "" when it hides nothing."""
    value = NOTHING
    for line in mountinfo.split(b"\n"):
        left, _, right = line.partition(b" - ")
        fields = left.split(b" ")
        if len(fields) > 4 and fields[4] == root.encode() and right.startswith(b"proc "):  # noqa: PLR2004 - mount point
            found = _HIDEPID.search(right)
            # A later mount on one place covers the earlier.
            value = clean(found[1]) if found else NOTHING
    return NOTHING if value in _OFF else value


def read_hidepid(root: str = "/proc") -> Clean:
    """Read the `hidepid` of a procfs, "" when it hides nothing or nobody can tell."""
    return parse_hidepid(_read(f"{root}/self/mountinfo"), root)


def read_yama(root: str = "/proc") -> int:
    """Read Yama's `ptrace_scope` (0 classic to 3 nobody), 0 where the kernel has no Yama."""
    text = _read(f"{root}/sys/kernel/yama/ptrace_scope").strip()
    return int(text) if text.isdigit() else 0


def has_capability(number: int, root: str = "/proc") -> bool:
    """Tell whether we hold a capability. It may still be void over another user namespace."""
    found = _CAPABILITIES.search(_read(f"{root}/self/status"))
    return found is not None and bool(int(found[1], 16) >> number & 1)


def may_trace_others(root: str = "/proc") -> bool:
    """Tell whether we look with root's rights, whoever we are: what is denied then is denied to root."""
    return has_capability(CAP_SYS_PTRACE, root)


def can_duplicate() -> bool:
    """Tell whether this kernel has pidfd_getfd(2): Linux 5.6.

    Not tried out: the call is made only when somebody asks for socket options, which says then whether
    a seccomp filter forbids it.
    """
    return release.at_least(5, 6)


def _read(path: str) -> Raw:
    try:
        with open(path, "rb") as file:
            return Raw(file.read(_LIMIT))
    except OSError:
        return Raw()
