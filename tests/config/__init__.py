"""The configuration: what it sets, and what is said about what it cannot."""
