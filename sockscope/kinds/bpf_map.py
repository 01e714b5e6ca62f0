"""bpf map: data that bpf programs share, with the id that bpftool shows."""

from sockscope.kinds.bpf_words import id_of, named, type_of
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, numbers
from sockscope.kinds.quantities import size
from sockscope.kinds.words import after_colon, joined, number
from sockscope.model.descriptor import CleanFields, Fields

_TYPES = """
    unspec hash array prog_array perf_event_array percpu_hash percpu_array stack_trace cgroup_array lru_hash
    lru_percpu_hash lpm_trie array_of_maps hash_of_maps devmap sockmap cpumap xskmap sockhash cgroup_storage
    reuseport_sockarray percpu_cgroup_storage queue stack sk_storage devmap_hash struct_ops ringbuf inode_storage
    task_storage bloom_filter user_ringbuf cgrp_storage arena insn_array
"""
"""`enum bpf_map_type` of `linux/bpf.h`."""

_KEYS = {
    b"key_size": ("key_bytes", 10),
    b"value_size": ("value_bytes", 10),
    b"max_entries": ("max_entries", 10),
    b"map_flags": ("map_flags", 16),
    b"map_extra": ("map_extra", 16),
    b"memlock": ("memory_bytes", 10),
    b"map_id": ("map_id", 10),
    b"frozen": ("frozen", 10),
    b"owner_prog_type": ("owner_prog_type", 10),
}


def _decode(lines: Lines) -> CleanFields:
    fields = type_of(lines, b"map_type", _TYPES.split()) | numbers(lines, _KEYS)
    if "frozen" in fields:
        fields["frozen"] = bool(fields["frozen"])
    return fields


def _phrase(_target: str, fields: Fields) -> str:
    entries = number(fields, "max_entries")
    room = f"room for {entries}" if entries else ""
    return joined(named(fields), id_of(fields, "map_id"), room, "frozen" if fields.get("frozen") else "")


def _sentence(target: str, fields: Fields) -> str:
    memory = number(fields, "memory_bytes")
    uses = f"; it uses {size(memory)}" if memory else ""
    return "A bpf map" + after_colon(_phrase(target, fields)) + uses


KIND = Kind(
    "bpf-map",
    anon=(b"bpf-map",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="kcmp; the id is that of bpftool",
    tells="type, name (asked of bpf(2) when looked at), id, sizes in bytes",
    since="4.x",
)
