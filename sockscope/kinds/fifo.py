"""FIFO: a pipe with a name, opened once for each end."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields


def _sentence(target: str, _fields: Fields) -> str:
    return f"A named pipe, {target}"


KIND = Kind(
    "fifo",
    sentence=_sentence,
    one_object="(device, inode)",
    tells="which end",
    mounted=True,
    own_inode=True,
    reopened=True,
    two_ended=True,
    colour="pipe",
)
