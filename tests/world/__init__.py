"""Frames applied, indexes kept, relations answered."""
