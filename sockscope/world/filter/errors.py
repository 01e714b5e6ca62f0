"""A filter that makes no sense, and where."""


class FilterError(ValueError):
    """The text is no filter; says in one line what is wrong with which word."""

    def __init__(self, message: str, position: int, length: int = 1) -> None:
        """Blame the `length` characters from `position` (counted from 0)."""
        super().__init__(message)
        self.message = message
        self.position = position
        self.length = max(length, 1)

    def __str__(self) -> str:
        """One line, with the column counted from 1."""
        return f"{self.message} (column {self.position + 1})"
