"""Descriptors that observe: performance counters and page faults handled in user space."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, integer, named_bits, numbers

_COUNTS = {b"pending": ("pending_faults", 10), b"total": ("waiting_faults", 10)}
_FEATURES = (
    (1 << 0, "PAGEFAULT_FLAG_WP"),
    (1 << 1, "EVENT_FORK"),
    (1 << 2, "EVENT_REMAP"),
    (1 << 3, "EVENT_REMOVE"),
    (1 << 4, "MISSING_HUGETLBFS"),
    (1 << 5, "MISSING_SHMEM"),
    (1 << 6, "EVENT_UNMAP"),
    (1 << 7, "SIGBUS"),
    (1 << 8, "THREAD_ID"),
    (1 << 9, "MINOR_HUGETLBFS"),
    (1 << 10, "MINOR_SHMEM"),
    (1 << 11, "EXACT_ADDRESS"),
    (1 << 12, "WP_HUGETLBFS_SHMEM"),
    (1 << 13, "WP_UNPOPULATED"),
    (1 << 14, "POISON"),
    (1 << 15, "WP_ASYNC"),
    (1 << 16, "MOVE"),
)
"""`UFFD_FEATURE_` bits of `linux/userfaultfd.h`."""
_ANSWERED = 1 << 31
"""Set by the kernel beside the features once the handshake is done; no feature."""


def _parse_userfaultfd(lines: Lines) -> Fields:
    """Read pending faults (not read yet), waiting faults (all that wait) and the features agreed on."""
    fields = numbers(lines, _COUNTS)
    _version, _, rest = dict(lines).get(b"API", b"").partition(b":")
    features = integer(rest.partition(b":")[0], 16)
    if features is not None and features >= 0:
        fields["features"] = named_bits(features & ~_ANSWERED, _FEATURES)
    return fields


FAMILIES = (
    Family("perf_event", anon=(b"[perf_event]",)),
    Family("userfaultfd", anon=(b"[userfaultfd]",), parse=_parse_userfaultfd),
)
