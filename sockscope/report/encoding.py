"""Documents to text."""

import msgspec


def to_json(document: msgspec.Struct) -> str:
    """Write a document as indented JSON that ends with a newline.

    Texts inside were cleaned where they were collected, so no escape sequence can get out.
    """
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
