"""Find the modules that read a format: to add a recorder or a protocol is to add one file."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def modules_of(package: ModuleType) -> list[ModuleType]:
    """Import and return the modules of a package, by name."""
    return [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
