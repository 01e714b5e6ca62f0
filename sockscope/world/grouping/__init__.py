"""What the top level of a list gathers by: process groups, sessions, families, users, … or kernel objects."""
