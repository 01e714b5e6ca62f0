"""Memory with a descriptor: memfd and secret memory, and buffers shared between devices."""

from sockscope.kernel.kinds.family import Family, Fields, Lines, numbers
from sockscope.kernel.text import clean


def _parse_dmabuf(lines: Lines) -> Fields:
    """Read size, number of references, exporter and name (`drivers/dma-buf/dma-buf.c`)."""
    fields = numbers(lines, {b"size": ("bytes", 10), b"count": ("references", 10)})
    for key, text in lines:
        if key in {b"exp_name", b"name"}:
            fields["exporter" if key == b"exp_name" else "name"] = clean(text)
    return fields


FAMILIES = (
    Family("memfd", paths=(rb"/memfd:.* \(deleted\)", rb"/secretmem \(deleted\)")),
    Family("dmabuf", paths=(rb"/dmabuf:.*",), anon=(b"dmabuf",), parse=_parse_dmabuf),
)
