"""Whether a string is as it came from outside (`Raw`) or may be shown (`Clean`), so that mypy finds the wrong one.

While the program runs these are `bytes` and `str`, and cost nothing. mypy reads `strings.pyi` in their place.
"""

Raw = bytes
"""What the kernel wrote, and so perhaps what another user chose. Cut and compared like any bytes, but not decoded."""
Clean = str
"""Text that cannot steer a terminal, nor hide: made by `clean` and its kin from outside, by `ours` of our own words."""
