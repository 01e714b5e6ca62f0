"""Descriptors that confine processes: namespaces, seccomp supervision, Landlock rule sets."""

from sockscope.kernel.kinds.family import Family

NAMESPACES = (b"cgroup", b"ipc", b"mnt", b"net", b"pid", b"time", b"user", b"uts")

FAMILIES = (
    Family("namespace", prefixes=NAMESPACES),
    Family("seccomp", anon=(b"seccomp notify",)),
    Family("landlock", anon=(b"[landlock-ruleset]", b"landlock-ruleset")),
)
