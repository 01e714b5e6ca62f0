"""Device numbers as text."""

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, ours

_MINOR_BITS = 20


def device_text(dev: int) -> Clean:
    """Write a device, given as the kernel has it (`major << 20 | minor`), as `8:1`; "" for 0, which is none."""
    return ours("{}:{}", dev >> _MINOR_BITS, dev & ((1 << _MINOR_BITS) - 1)) if dev else NOTHING
