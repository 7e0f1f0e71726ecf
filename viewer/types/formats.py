"""Find the modules that read formats. Adding a recorder or a protocol takes one new file."""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


@dataclass(frozen=True, slots=True)
class About:
    """What a module reads: one row of the table in docs/formats.md."""

    name: str
    """The value of `cassette.format` or `stream.protocol`."""
    title: str
    url: str
    """Where the format is described; "" if nowhere."""
    reads: str
    """Which versions and variants, in a few words."""
    keeps: str = ""
    """Which times a recorder keeps; "" if none."""


def modules_of(package: ModuleType) -> list[ModuleType]:
    """Import the modules of a package and return them, sorted by name."""
    return [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
