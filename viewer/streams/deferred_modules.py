"""Put off the import of modules that another package imports, but that are not needed here.

Importing genai-prices imports asyncio and an HTTP client, with which it can update its prices. This program never does that.
Without them, the first estimate of a cost takes 50 ms of CPU time less, of about 180, and 5 MB less.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import Any

_LOCK = Lock()


class _StandIn(ModuleType):
    """Stands in for a module. The first use of one of its names imports the module."""

    def __getattr__(self, name: str) -> Any:
        _remove(self)
        return getattr(import_module(self.__name__), name)


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Let what is imported in this block import these modules only when it uses them."""
    stand_ins = [_StandIn(name) for name in names]
    for one in stand_ins:
        # At once, so that a module that another thread imports meanwhile is not replaced.
        sys.modules.setdefault(one.__name__, one)
    try:
        yield
    finally:
        for one in stand_ins:
            _remove(one)


def _remove(stand_in: _StandIn) -> None:
    # Another thread may remove it too, and then import the module.
    with _LOCK:
        if sys.modules.get(stand_in.__name__) is stand_in:
            del sys.modules[stand_in.__name__]
