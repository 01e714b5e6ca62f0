"""Buffer that devices share."""

from sockscope.abi.text import clean
from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, numbers
from sockscope.kinds.quantities import size
from sockscope.kinds.words import number, text
from sockscope.model.descriptor import CleanFields, Fields


def _decode(lines: Lines) -> CleanFields:
    """Read size, number of references, exporter and name (`drivers/dma-buf/dma-buf.c`)."""
    fields = numbers(lines, {b"size": ("bytes", 10), b"count": ("references", 10)})
    for key, value in lines:
        if key in {b"exp_name", b"name"}:
            fields["exporter" if key == b"exp_name" else "name"] = clean(value)
    return fields


def _phrase(target: str, fields: Fields) -> str:
    name = text(fields, "name") or target.removeprefix("/dmabuf:") or "unnamed"
    count, exporter = number(fields, "bytes"), text(fields, "exporter")
    return name + (f", {size(count)}" if count is not None else "") + (f" from {exporter}" if exporter else "")


def _sentence(target: str, fields: Fields) -> str:
    return f"A buffer that devices share: {_phrase(target, fields)}"


KIND = Kind(
    "dmabuf",
    anon=(b"dmabuf",),
    paths=(rb"/dmabuf:.*",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="(mount, inode)",
    tells="bytes, references, exporter, name",
    since="5.3",
    own_inode=True,
)
