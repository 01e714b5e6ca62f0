"""All rules. A rule is a module of `sockscope.findings.rules` with a `RULE` in it: there is no list to enter it in."""

import pkgutil
from importlib import import_module

from sockscope.findings.rule import Rule

_PACKAGE = "sockscope.findings.rules"


def _rules() -> tuple[Rule, ...]:
    """Find every rule, in the order of their names."""
    folders = list(import_module(_PACKAGE).__path__)
    modules = (import_module(f"{_PACKAGE}.{found.name}") for found in pkgutil.iter_modules(folders))
    rules = (getattr(module, "RULE", None) for module in modules)
    return tuple(sorted((rule for rule in rules if isinstance(rule, Rule)), key=lambda rule: rule.name))


RULES = _rules()
BY_NAME = {rule.name: rule for rule in RULES}
