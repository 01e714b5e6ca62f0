"""What a socket has dropped, among the numbers of its memory (`SK_MEMINFO_*` of `linux/sock_diag.h`)."""

import struct

from sockscope.abi.strings import Raw

_DROPS = struct.Struct("=32xI")
"""`SK_MEMINFO_DROPS`, the ninth number; older kernels give fewer."""


def dropped(data: Raw, span: tuple[int, int]) -> int:
    """Return how much a socket has dropped, -1 where the attribute at `span` (start, end) does not say."""
    return int(_DROPS.unpack_from(data, span[0])[0]) if span[1] - span[0] >= _DROPS.size else -1
