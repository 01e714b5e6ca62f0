"""The rooms of sockscope/kinds: what is known of each kind of descriptor."""
