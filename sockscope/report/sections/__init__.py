"""What is said of relations, for every view: titled sections of lines, each with its word and its evidence."""
