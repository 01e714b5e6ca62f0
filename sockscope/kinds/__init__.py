"""Kinds of descriptor, one file each: how it is known, decoded, said in words, compared and shown. Pure."""
