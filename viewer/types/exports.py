"""Public names of a package, imported when they are first used.

`import viewer` must not import pandas, which takes half a second: `cassette-viewer --help` never needs it.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple


class Exports(NamedTuple):
    """Hold what a package assigns to its own module-level names (PEP 562)."""

    all: list[str]
    getattr: Callable[[str], Any]
    dir: Callable[[], list[str]]


def lazy_exports(package: str, homes: Mapping[str, str]) -> Exports:
    """Return `__all__`, `__getattr__` and `__dir__` of a package, all driven by one mapping.

    Args:
        package: the package's `__name__`.
        homes: the module of each public name, relative to the package. A leading dot names a module next to the package. A name
            that is its own home is a module.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - the name that tracebacks show
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f".{homes[name]}", package)
        value = module if homes[name] == name else getattr(module, name)
        # Found directly from now on.
        setattr(import_module(package), name, value)
        return value

    def __dir__() -> list[str]:  # noqa: N807 - as above
        return sorted({*vars(import_module(package)), *homes})

    return Exports(sorted(homes), __getattr__, __dir__)
