"""What a command says when it does not do what was asked."""


class CommandError(Exception):
    """One clear line for the user, and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        """Say `message` and leave with `code`."""
        super().__init__(message)
        self.code = code
