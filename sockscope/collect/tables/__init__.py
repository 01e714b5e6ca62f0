"""Descriptor tables: what each descriptor is, and which are one kernel object."""
