"""The explorer: a view of the world in a terminal."""
