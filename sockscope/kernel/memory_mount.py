"""The kernel's own mount in which memfds, SysV segments and shared anonymous memory lie (mm/shmem.c, `shm_mnt`)."""

import os
from typing import NamedTuple

from sockscope.kernel.filetype import read_pinned_facts


class MemoryMount(NamedTuple):
    """What tells a file of that mount, which nothing else can lie in."""

    mount: int
    """The `mnt_id` of fdinfo; -1 where this kernel does not tell, before Linux 5.8."""
    dev: int
    """Device as `major << 20 | minor`."""


def read_memory_mount() -> MemoryMount:
    """Find it by a memfd of our own, closed at once. Its number stays for as long as the kernel runs."""
    fd = os.memfd_create("sockscope", os.MFD_CLOEXEC)
    try:
        facts = read_pinned_facts(f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)
    return MemoryMount(facts.mount, facts.dev)
