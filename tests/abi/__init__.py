"""Names of numbers, and text made safe: pure, on tables and on any bytes."""
