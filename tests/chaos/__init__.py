"""Storms, deaths and traps around sockscope, on real processes."""
