"""Readers: tables of real kernel text, and hypothesis on bytes."""
