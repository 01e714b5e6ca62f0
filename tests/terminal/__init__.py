"""The explorer in a real terminal."""
