"""The words of the command line: options, names, completions, the manual."""
