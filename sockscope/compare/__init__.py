"""What is another in one look than in another, by what means the same and not by what has the same number. Pure."""
