"""The one table of all kinds of descriptor, and the lookups made from it."""

import re

from sockscope.kernel.kinds import (
    bpf,
    channel,
    confine,
    epoll,
    eventfd,
    fanotify,
    file,
    inotify,
    io_uring,
    memory,
    other,
    pidfd,
    signalfd,
    terminal,
    timerfd,
    watching,
)
from sockscope.kernel.kinds.family import Family

FAMILIES: tuple[Family, ...] = (
    *channel.FAMILIES,
    *epoll.FAMILIES,
    *eventfd.FAMILIES,
    *timerfd.FAMILIES,
    *signalfd.FAMILIES,
    *inotify.FAMILIES,
    *fanotify.FAMILIES,
    *pidfd.FAMILIES,
    *io_uring.FAMILIES,
    *bpf.FAMILIES,
    *watching.FAMILIES,
    *memory.FAMILIES,
    *terminal.FAMILIES,
    *file.FAMILIES,
    *confine.FAMILIES,
    *other.FAMILIES,
)

BY_KIND = {family.kind: family for family in FAMILIES}
BY_ANON_NAME = {name: family.kind for family in FAMILIES for name in family.anon}
BY_PREFIX = {prefix: family.kind for family in FAMILIES for prefix in family.prefixes}
BY_KEY = {key: family.kind for family in FAMILIES for key in family.keys}
_PATHS = [(path, family.kind) for family in FAMILIES for path in family.paths]
PATHS = re.compile(b"|".join(b"(%s)" % path for path, _ in _PATHS), re.DOTALL)
"""Links to paths that tell the kind, a group each: `PATH_KINDS[match.lastindex]`."""
PATH_KINDS = ("", *(kind for _, kind in _PATHS))
