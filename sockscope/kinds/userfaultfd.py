"""userfaultfd: page faults that are handled in user space."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, integer, named_bits, numbers
from sockscope.kinds.words import counted, listed, number, texts
from sockscope.model.descriptor import CleanFields, Fields

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


def _decode(lines: Lines) -> CleanFields:
    """Read pending faults (not read yet), waiting faults (all that wait) and the features agreed on."""
    fields = numbers(lines, _COUNTS)
    _version, _, rest = dict(lines).get(b"API", b"").partition(b":")
    features = integer(rest.partition(b":")[0], 16)
    if features is not None and features >= 0:
        fields["features"] = named_bits(features & ~_ANSWERED, _FEATURES)
    return fields


def _phrase(_target: str, fields: Fields) -> str:
    waiting = number(fields, "waiting_faults")
    return "" if waiting is None else f"{counted(waiting, 'fault')} waiting"


def _sentence(target: str, fields: Fields) -> str:
    state, features = _phrase(target, fields), texts(fields, "features")
    with_features = f", with {listed(features)}" if features else ""
    return f"A userfaultfd: page faults are handled by whoever reads it{f'; {state}' if state else ''}{with_features}"


KIND = Kind(
    "userfaultfd",
    anon=(b"[userfaultfd]",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="inode; on older kernels kcmp",
    tells="pending and waiting faults, features",
    since="4.3",
    short="userfault",
    shortest="uffd",
)
