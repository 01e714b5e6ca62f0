"""Readers: one module per kernel interface, a pure parser beside a thin reader. No policy, no caching."""
