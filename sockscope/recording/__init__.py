"""Recordings: a file of looks, written as they come and read at any moment (`docs/recording.md`)."""
