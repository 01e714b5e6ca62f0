"""Least privilege: who keeps which rights, and how the rest is given up for good."""
