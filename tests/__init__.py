"""Tests, one room beside each layer, and three rooms that meet the real thing: live, terminal, packaging."""
