"""Documents to text."""

import msgspec


def to_json(document: msgspec.Struct) -> str:
    """Write a document as indented JSON. Texts inside are clean already, so no escape can get out."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
