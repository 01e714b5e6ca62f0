"""The rules, one module each, found by `sockscope.findings.registry`."""
