"""The filter language: text to a typed expression, and that to a test of processes and descriptors."""
