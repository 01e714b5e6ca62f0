"""Limits of this process: enough descriptors to look with, or a clear word before looking begins."""

import resource

MIN_DESCRIPTORS = 64
"""Program, pipes, netlink sockets with their event loops, and the files of one walk."""
MANY_DESCRIPTORS = 4096
"""Network namespaces cost a few each."""


class LimitError(Exception):
    """A limit of this process leaves no room to work."""


def ensure_descriptors() -> None:
    """Raise the soft limit on descriptors as far as it is of use.

    Raises:
        LimitError: the hard limit is too low.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = hard == resource.RLIM_INFINITY
    if not unlimited and hard < MIN_DESCRIPTORS:
        msg = f"only {hard} open files are allowed (ulimit -n); looking takes {MIN_DESCRIPTORS} descriptors"
        raise LimitError(msg)
    wanted = MANY_DESCRIPTORS if unlimited else min(hard, MANY_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
