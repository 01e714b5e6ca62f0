"""What exists on a Linux machine, as small typed values. No I/O, and no import from the rest."""
