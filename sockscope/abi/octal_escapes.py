"""Octal escapes in the kernel's tables."""

import re

from sockscope.abi.strings import Raw

_OCTAL = re.compile(rb"\\([0-7]{3})")


def unescape(field: Raw) -> Raw:
    r"""Undo the octal escapes (`\040`) with which the kernel writes paths into tables (`seq_path`)."""
    return Raw(_OCTAL.sub(lambda match: bytes((int(match[1], 8) & 0xFF,)), field)) if field.find(b"\\") >= 0 else field
