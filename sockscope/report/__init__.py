"""Text and JSON: views of the world for pipes, scripts and bug reports."""
