"""Exit codes of the command line's contract."""

OK = 0
"""Done."""
MISSING = 1
"""What was asked for does not exist."""
USAGE = 2
"""Bad usage."""
DENIED = 3
"""The kernel or permissions deny it."""
FOUND = 4
"""There are findings of the severity that was asked for, or something is another (`diff`)."""
INTERRUPTED = 130
"""As a shell reports a command that Ctrl+C ended."""
