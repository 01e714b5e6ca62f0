"""All descriptors of a kind that is asked for as a whole."""

from sockscope.world.index.entries import Entries

INOTIFY = Entries(frozenset({"inotify"}), lambda descriptor: (descriptor.kind,))
"""Every descriptor of an inotify instance, under the name of the kind."""
