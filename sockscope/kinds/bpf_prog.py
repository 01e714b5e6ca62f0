"""bpf program, with the id that bpftool shows."""

from sockscope.abi.text import clean
from sockscope.kinds.bpf_words import id_of, named, type_of
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, numbers
from sockscope.kinds.words import after_colon, joined, number
from sockscope.model.descriptor import CleanFields, Fields

_TYPES = """
    unspec socket_filter kprobe sched_cls sched_act tracepoint xdp perf_event cgroup_skb cgroup_sock lwt_in lwt_out
    lwt_xmit sock_ops sk_skb cgroup_device sk_msg raw_tracepoint cgroup_sock_addr lwt_seg6local lirc_mode2
    sk_reuseport flow_dissector cgroup_sysctl raw_tracepoint_writable cgroup_sockopt tracing struct_ops ext lsm
    sk_lookup syscall netfilter
"""
"""`enum bpf_prog_type`."""

_KEYS = {
    b"prog_jited": ("jited", 10),
    b"memlock": ("memory_bytes", 10),
    b"prog_id": ("prog_id", 10),
    b"run_time_ns": ("run_time_ns", 10),
    b"run_cnt": ("runs", 10),
    b"recursion_misses": ("recursion_misses", 10),
    b"verified_insns": ("verified_instructions", 10),
}


def _decode(lines: Lines) -> CleanFields:
    fields = type_of(lines, b"prog_type", _TYPES.split()) | numbers(lines, _KEYS)
    if "jited" in fields:
        fields["jited"] = bool(fields["jited"])
    tag = dict(lines).get(b"prog_tag")
    return fields if tag is None else fields | {"tag": clean(tag)}


def _phrase(_target: str, fields: Fields) -> str:
    runs = number(fields, "runs")
    return joined(named(fields), id_of(fields, "prog_id"), f"ran {runs} times" if runs else "")


def _sentence(target: str, fields: Fields) -> str:
    return "A bpf program loaded into the kernel" + after_colon(_phrase(target, fields))


KIND = Kind(
    "bpf-prog",
    anon=(b"bpf-prog",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="kcmp; the id is that of bpftool",
    tells="type, name (asked of bpf(2) when looked at), id, tag, instructions, runs",
    since="4.x",
)
