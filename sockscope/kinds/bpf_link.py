"""bpf link: keeps a program attached, with the id that bpftool shows."""

from sockscope.abi.text import clean
from sockscope.kinds.bpf_words import id_of
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, plain
from sockscope.kinds.words import after_colon, joined, number, text
from sockscope.model.descriptor import CleanFields, Fields

_RENAMED = {"link_type": "type"}


def _decode(lines: Lines) -> CleanFields:
    # Each type of link adds lines of its own (ifindex, cgroup_id, attach_type, …), kept under their names.
    fields = {_RENAMED.get(name, name): value for name, value in plain(lines).items()}
    tag = dict(lines).get(b"prog_tag")
    # A tag is hexadecimal and may look like a decimal number.
    return fields if tag is None else fields | {"prog_tag": clean(tag)}


def _phrase(_target: str, fields: Fields) -> str:
    program, interface, cgroup = (number(fields, name) for name in ("prog_id", "ifindex", "cgroup_id"))
    return joined(
        text(fields, "type"),
        id_of(fields, "link_id"),
        "" if program is None else f"program {program}",
        "" if interface is None else f"interface {interface}",
        "" if cgroup is None else f"cgroup {cgroup}",
    )


def _sentence(target: str, fields: Fields) -> str:
    what = "A bpf link, which keeps a program attached as long as it exists"
    return what + after_colon(_phrase(target, fields))


KIND = Kind(
    "bpf-link",
    anon=(b"bpf_link", b"bpf-link"),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="kcmp; the id is that of bpftool",
    tells="type, id, its program, and what its type adds: interface, cgroup …",
    since="5.7",
)
