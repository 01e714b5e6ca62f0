"""Terminals: pseudoterminal masters, and whatever programs use as their terminal."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, numbers


def _parse_master(lines: Lines) -> Fields:
    # Linux 4.18. The index is that of one devpts instance, of which there may be several.
    return numbers(lines, {b"tty-index": ("index", 10)})


FAMILIES = (
    Family("pty-master", paths=(rb"/dev/(?:pts/)?ptmx",), keys=(b"tty-index",), parse=_parse_master),
    Family("tty", paths=(rb"/dev/(?:pts/\d+|tty(?:[A-Z]*\d+)?|hvc\d+|console)(?: \(deleted\))?",)),
)
