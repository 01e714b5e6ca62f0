"""Anonymous inode without a kind of its own: known by the kernel's name for it."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields

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


def _phrase(target: str, _fields: Fields) -> str:
    return target.removeprefix("anon_inode:").removeprefix("[").removesuffix("]")


def _sentence(target: str, fields: Fields) -> str:
    name = _phrase(target, fields)
    known = _KNOWN.get(name.partition(":")[0])
    return known or (f"An object of the kernel that it calls {name}" if name else "A nameless object of the kernel")


KIND = Kind("anon", phrase=_phrase, sentence=_sentence, tells="the kernel's own name for it")
