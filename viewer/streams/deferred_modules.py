"""Put off the import of modules that another package imports, but that are not needed here.

Importing genai-prices imports asyncio and an HTTP client, with which it can update its prices. This program never does that.
Without them, the first estimate of a cost takes 50 ms of CPU time less, of about 180, and 5 MB less.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _StandIn(ModuleType):
    """Stands in for a module. The first use of one of its names imports the module."""

    def __getattr__(self, name: str) -> Any:
        _remove(self)
        return getattr(import_module(self.__name__), name)


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Let what is imported in this block import these modules only when it uses them."""
    stand_ins = [_StandIn(name) for name in names if name not in sys.modules]
    sys.modules.update({one.__name__: one for one in stand_ins})
    try:
        yield
    finally:
        for one in stand_ins:
            _remove(one)


def _remove(stand_in: _StandIn) -> None:
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]
