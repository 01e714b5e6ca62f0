"""Files, directories and devices: known by their path and told apart by their type."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, plain
from sockscope.kernel.text import clean


def _parse_char_device(lines: Lines) -> Fields:
    # `iff` is the interface of a tun or tap device, empty before one is set. Graphics drivers and
    # others write `drm-…` lines and the like, which keep their names.
    fields = plain([line for line in lines if line[0] != b"iff"])
    interface = dict(lines).get(b"iff")
    return fields if interface is None else fields | {"interface": clean(interface)}


FAMILIES = (
    Family("file"),
    Family("directory"),
    Family("char-device", keys=(b"iff",), parse=_parse_char_device),
    Family("block-device"),
)
