"""Kinds of descriptor: how each is recognised and what its fdinfo says, one module per family."""
