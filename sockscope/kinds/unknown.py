"""Link that says nothing."""

from sockscope.kinds.kind import Kind
from sockscope.model.descriptor import Fields


def _sentence(target: str, _fields: Fields) -> str:
    return f"A descriptor of a kind that is not known here, {target}" if target else "A descriptor that cannot be read"


KIND = Kind(
    "unknown",
    sentence=_sentence,
    one_object="nothing: never joined",
    tells="the text of the link",
    everyday=True,
)
