"""What the kernel says of a process's rights (`proc_pid_status(5)`)."""

from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
KEPT = sum(1 << number for number in (2, 12, 19, 21))
"""CAP_DAC_READ_SEARCH, CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_SYS_ADMIN: by number, so that a fifth one is noticed."""


@dataclass(frozen=True)
class Rights:
    """Identities and capability sets of one process."""

    uids: tuple[int, ...]
    """Real, effective, saved, file system."""
    gids: tuple[int, ...]
    groups: tuple[int, ...]
    inheritable: int
    permitted: int
    effective: int
    bounding: int
    ambient: int
    no_new_privs: bool


def rights(pid: int) -> Rights:
    """Read the rights of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)

    def numbers(name: str) -> tuple[int, ...]:
        return tuple(map(int, fields[name].split()))

    def mask(name: str) -> int:
        return int(fields[name], 16)

    return Rights(
        numbers("Uid"), numbers("Gid"), numbers("Groups"),
        mask("CapInh"), mask("CapPrm"), mask("CapEff"), mask("CapBnd"), mask("CapAmb"),
        fields["NoNewPrivs"].strip() == "1",
    )  # fmt: skip
