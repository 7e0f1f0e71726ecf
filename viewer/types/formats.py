"""Find the modules that read a format: to add a recorder or a protocol is to add one file."""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


@dataclass(frozen=True, slots=True)
class About:
    """Say what a module reads: a row in the table of what opens (docs/formats.md)."""

    name: str
    """As in `cassette.format` or `stream.protocol`."""
    title: str
    url: str
    """Where it is described; "" where it is nowhere."""
    reads: str
    """Which versions and variants, in few words."""
    keeps: str = ""
    """Of a recorder, what it keeps of time; "" where it keeps nothing."""


def modules_of(package: ModuleType) -> list[ModuleType]:
    """Import and return the modules of a package, by name."""
    return [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
