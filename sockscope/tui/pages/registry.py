"""All pages. A page is a module of this package with a `PAGE` in it: there is no list to enter it in."""

import pkgutil
from importlib import import_module

from sockscope.tui.pages.page import Page

_PACKAGE = __name__.rpartition(".")[0]


def _pages() -> tuple[Page, ...]:
    names = sorted(found.name for found in pkgutil.iter_modules(import_module(_PACKAGE).__path__))
    modules = (import_module(f"{_PACKAGE}.{name}") for name in names if name not in {"page_screen", "registry"})
    pages = (getattr(module, "PAGE", None) for module in modules)
    return tuple(page for page in pages if isinstance(page, Page))


PAGES = _pages()
"""In the order of the names of their modules."""
