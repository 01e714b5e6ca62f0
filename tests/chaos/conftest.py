"""The live tests' actors are the known truth here, too."""

from tests.live.conftest import play

__all__ = ["play"]
