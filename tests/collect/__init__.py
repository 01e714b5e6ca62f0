"""The collector: what is read when, and what it sends."""
