"""Recordings: what was written comes back, and what is damaged is said."""
