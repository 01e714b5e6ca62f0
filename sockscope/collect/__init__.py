"""The collector: decides what to read when, and turns what readers return into frames."""
