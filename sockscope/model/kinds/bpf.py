"""bpf maps, programs and links in words."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.quantities import size
from sockscope.model.kinds.words import Words, number, text


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _id(fields: Fields, name: str) -> str:
    identity = number(fields, name)
    return "" if identity is None else f"id {identity}"


def _map(_target: str, fields: Fields) -> str:
    entries = number(fields, "max_entries")
    room = f"room for {entries}" if entries else ""
    return _joined(text(fields, "type"), _id(fields, "map_id"), room, "frozen" if fields.get("frozen") else "")


def _map_sentence(target: str, fields: Fields) -> str:
    memory = number(fields, "memory_bytes")
    uses = f"; it uses {size(memory)}" if memory else ""
    return "A bpf map" + _after(_map(target, fields)) + uses


def _prog(_target: str, fields: Fields) -> str:
    runs = number(fields, "runs")
    return _joined(text(fields, "type"), _id(fields, "prog_id"), f"ran {runs} times" if runs else "")


def _prog_sentence(target: str, fields: Fields) -> str:
    return "A bpf program loaded into the kernel" + _after(_prog(target, fields))


def _link(_target: str, fields: Fields) -> str:
    program, interface, cgroup = (number(fields, name) for name in ("prog_id", "ifindex", "cgroup_id"))
    return _joined(
        text(fields, "type"),
        _id(fields, "link_id"),
        "" if program is None else f"program {program}",
        "" if interface is None else f"interface {interface}",
        "" if cgroup is None else f"cgroup {cgroup}",
    )


def _link_sentence(target: str, fields: Fields) -> str:
    return "A bpf link, which keeps a program attached as long as it exists" + _after(_link(target, fields))


def _after(words: str) -> str:
    return f": {words}" if words else ""


WORDS = (
    Words("bpf-map", _map, _map_sentence),
    Words("bpf-prog", _prog, _prog_sentence),
    Words("bpf-link", _link, _link_sentence),
)
