"""A filter as a typed tree. `str` writes it so that reading it again gives an equal tree."""

from msgspec import Struct

from sockscope.world.filter.values import Longer, Match, Text, Value

PASSING = frozenset({"cpu", "growth"})
"""Keys whose value changes as time goes by, whatever is typed behind them."""


class Words(Struct, frozen=True):
    """Something that is shown anywhere in a row or in that of its process: one of these texts or patterns."""

    values: tuple[Text | Match, ...]

    def __str__(self) -> str:
        """Alternatives without spaces between them."""
        return "|".join(map(str, self.values))


class Field(Struct, frozen=True):
    """A key with a value, or with several of which one is enough."""

    key: str
    values: tuple[Value, ...]

    def __str__(self) -> str:
        """`port:80|443`."""
        return f"{self.key}:" + "|".join(map(str, self.values))


class Not(Struct, frozen=True):
    """What the inner expression does not accept."""

    inner: "Expression"

    def __str__(self) -> str:
        """A minus sign before the inner expression."""
        return f"-{_inside(self.inner)}"


class And(Struct, frozen=True):
    """All of these; of none at all it accepts everything."""

    parts: "tuple[Expression, ...]" = ()

    def __str__(self) -> str:
        """Parts with a space between them."""
        return " ".join(f"({part})" if isinstance(part, And) else str(part) for part in self.parts)


class Or(Struct, frozen=True):
    """One of these."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        """Parts with a bar between them."""
        return " | ".join(_inside(part) for part in self.parts)


Expression = Words | Field | Not | And | Or


def _inside(expression: Expression) -> str:
    return f"({expression})" if isinstance(expression, (And, Or)) else str(expression)


def keys_of(expression: Expression) -> frozenset[str]:
    """Keys that an expression asks for."""
    if isinstance(expression, Field):
        return frozenset({expression.key})
    if isinstance(expression, Words):
        return frozenset()
    parts = (expression.inner,) if isinstance(expression, Not) else expression.parts
    return frozenset().union(*map(keys_of, parts))


def tells_time(expression: Expression) -> bool:
    """Whether an expression may accept something later that it does not accept now, although nothing changes."""
    if isinstance(expression, Field):
        return expression.key in PASSING or any(isinstance(value, Longer) for value in expression.values)
    if isinstance(expression, Words):
        return False
    return any(map(tells_time, (expression.inner,) if isinstance(expression, Not) else expression.parts))
