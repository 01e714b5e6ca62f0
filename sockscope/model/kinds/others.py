"""Anonymous inodes without a kind of their own, by their names."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.words import Words

_KNOWN = {
    "bpf-token": "Rights to use bpf, delegated by a mounted bpffs",
    "bpf_iter": "A bpf iterator, whose program writes what is read",
    "btf": "Type information for bpf (BTF)",
    "fscontext": "A file system being configured before it is mounted, of fsopen(2)",
    "gpio-chip": "A GPIO chip",
    "gpio-line": "A GPIO line",
    "kvm-vcpu": "A virtual processor of a KVM machine",
    "kvm-vm": "A KVM virtual machine",
    "ptrace-map": "A mapping of traced memory",
    "sync_file": "A fence that graphics work waits for",
    "vfio-device": "A device handed to user space by VFIO",
}
"""What the kernel calls anonymous inodes (`anon_inode_getfd` in its source), without brackets."""


def _name(target: str) -> str:
    return target.removeprefix("anon_inode:").removeprefix("[").removesuffix("]")


def _anon(target: str, _fields: Fields) -> str:
    return _name(target)


def _anon_sentence(target: str, _fields: Fields) -> str:
    name = _name(target)
    known = _KNOWN.get(name.partition(":")[0])
    return known or (f"An object of the kernel that it calls {name}" if name else "A nameless object of the kernel")


def _unknown(target: str, _fields: Fields) -> str:
    return target


def _unknown_sentence(target: str, _fields: Fields) -> str:
    return f"A descriptor of a kind that is not known here, {target}" if target else "A descriptor that cannot be read"


WORDS = (Words("anon", _anon, _anon_sentence), Words("unknown", _unknown, _unknown_sentence))
