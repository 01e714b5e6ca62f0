"""What a process has used so far, in words."""

from sockscope.kinds.quantities import size
from sockscope.model.descriptor import Fields


def used(metadata: Fields) -> str:
    """`12 MiB of memory, 3.5 s of CPU, nice 10, read 1 MiB, wrote 2 MiB, on CPU 0 and 1`; "" where nothing is known."""
    words = []
    if "memory_bytes" in metadata:
        words.append(f"{size(metadata['memory_bytes'])} of memory")
    if "cpu_s" in metadata:
        words.append(f"{metadata['cpu_s']:g} s of CPU")
    if metadata.get("nice"):
        words.append(f"nice {metadata['nice']}")
    words += [f"{verb} {size(metadata[name])}" for verb, name in _TRANSFERS if metadata.get(name)]
    if metadata.get("cpus"):
        words.append(f"only on CPU {', '.join(map(str, metadata['cpus']))}")
    return ", ".join(words)


_TRANSFERS = (("read", "read_bytes"), ("wrote", "written_bytes"))
