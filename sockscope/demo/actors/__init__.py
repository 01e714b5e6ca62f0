"""Situations made of real processes, one a module. Each `play` returns which processes and descriptors it made."""
