"""bpf: maps, programs and links, each with the id that bpftool shows."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, integer, numbers, plain, value_of
from sockscope.kernel.text import clean

_MAP_TYPES = """
    unspec hash array prog_array perf_event_array percpu_hash percpu_array stack_trace cgroup_array lru_hash
    lru_percpu_hash lpm_trie array_of_maps hash_of_maps devmap sockmap cpumap xskmap sockhash cgroup_storage
    reuseport_sockarray percpu_cgroup_storage queue stack sk_storage devmap_hash struct_ops ringbuf inode_storage
    task_storage bloom_filter user_ringbuf cgrp_storage arena insn_array
"""
"""`enum bpf_map_type` of `linux/bpf.h`."""

_PROG_TYPES = """
    unspec socket_filter kprobe sched_cls sched_act tracepoint xdp perf_event cgroup_skb cgroup_sock lwt_in lwt_out
    lwt_xmit sock_ops sk_skb cgroup_device sk_msg raw_tracepoint cgroup_sock_addr lwt_seg6local lirc_mode2
    sk_reuseport flow_dissector cgroup_sysctl raw_tracepoint_writable cgroup_sockopt tracing struct_ops ext lsm
    sk_lookup syscall netfilter
"""
"""`enum bpf_prog_type`."""

_MAP_KEYS = {
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
_PROG_KEYS = {
    b"prog_jited": ("jited", 10),
    b"memlock": ("memory_bytes", 10),
    b"prog_id": ("prog_id", 10),
    b"run_time_ns": ("run_time_ns", 10),
    b"run_cnt": ("runs", 10),
    b"recursion_misses": ("recursion_misses", 10),
    b"verified_insns": ("verified_instructions", 10),
}
_LINK_RENAMED = {"link_type": "type"}


def _parse_map(lines: Lines) -> Fields:
    fields = _typed(lines, b"map_type", _MAP_TYPES.split()) | numbers(lines, _MAP_KEYS)
    if "frozen" in fields:
        fields["frozen"] = bool(fields["frozen"])
    return fields


def _parse_prog(lines: Lines) -> Fields:
    fields = _typed(lines, b"prog_type", _PROG_TYPES.split()) | numbers(lines, _PROG_KEYS)
    if "jited" in fields:
        fields["jited"] = bool(fields["jited"])
    tag = dict(lines).get(b"prog_tag")
    return fields if tag is None else fields | {"tag": clean(tag)}


def _parse_link(lines: Lines) -> Fields:
    # Each type of link adds lines of its own (ifindex, cgroup_id, attach_type, …), kept under their names.
    fields = {_LINK_RENAMED.get(name, name): value for name, value in plain(lines).items()}
    tag = dict(lines).get(b"prog_tag")
    # A tag is hexadecimal and may look like a decimal number.
    return fields if tag is None else fields | {"prog_tag": clean(tag)}


def _typed(lines: Lines, key: bytes, names: list[str]) -> Fields:
    text = dict(lines).get(key)
    if text is None:
        return {}
    number = integer(text)
    known = number is not None and 0 <= number < len(names)
    return {"type": names[number] if known and number is not None else str(value_of(text))}


FAMILIES = (
    Family("bpf-map", anon=(b"bpf-map",), parse=_parse_map),
    Family("bpf-prog", anon=(b"bpf-prog",), parse=_parse_prog),
    Family("bpf-link", anon=(b"bpf_link", b"bpf-link"), parse=_parse_link),
)
