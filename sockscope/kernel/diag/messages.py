"""The netlink messages of pyroute2, imported without the rest of it.

`import pyroute2` loads its databases, DHCP, nftables and forty more modules before its messages: 0.1 s,
half of what a command takes to start. While the core is imported, a bare package with the library's
search path stands in its place; it is gone afterwards, so that a later `import pyroute2` gets the real
one. Its socket is left alone: see `kernel.diag.transport`.
"""

import importlib
import importlib.util
import sys
import types
from typing import Any


def _import_core() -> Any:
    """Import the module that makes netlink messages, with or without the whole library."""
    if "pyroute2" in sys.modules:
        return importlib.import_module("pyroute2.netlink")
    spec = importlib.util.find_spec("pyroute2")
    if spec is None or spec.submodule_search_locations is None:
        msg = "pyroute2 is not installed"
        raise ImportError(msg)
    bare = types.ModuleType("pyroute2")
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules["pyroute2"] = bare
    try:
        return importlib.import_module("pyroute2.netlink")
    finally:
        del sys.modules["pyroute2"]


_netlink = _import_core()

NETLINK_SOCK_DIAG: int = _netlink.NETLINK_SOCK_DIAG
NLM_F_REQUEST: int = _netlink.NLM_F_REQUEST
NLM_F_MULTI: int = _netlink.NLM_F_MULTI
NLM_F_DUMP: int = _netlink.NLM_F_DUMP
nlmsg: Any = _netlink.nlmsg
