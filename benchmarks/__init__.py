"""Measurements of sockscope beside its peers, on loads of a known shape."""
