"""What a user has set once and for all: `config.toml`, read as that user."""
