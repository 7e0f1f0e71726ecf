"""Recorders and protocols in packages of other people, found by their entry points.

https://packaging.python.org/en/latest/specifications/entry-points/. An entry point names a module with the same attributes as
a built-in one. A plug-in that cannot be used is a problem of every recording that is opened, and ends nothing.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from viewer.types.formats import About
from viewer.types.problems import Problem

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints


class PluginGroup(NamedTuple):
    """One kind of plug-in."""

    entry_points: str
    """The name of the group of entry points."""
    attributes: tuple[str, ...]
    """What a module must have."""


RECORDERS = PluginGroup("cassette_viewer.recorders", ("ABOUT", "recognise", "read"))
PROTOCOLS = PluginGroup("cassette_viewer.protocols", ("PROTOCOL", "ABOUT", "recognise", "read", "usage"))


class PluginError(Exception):
    """A plug-in failed while it was used."""

    def __init__(self, plugin: "Plugin", why: BaseException | str) -> None:
        self.problem = _failed(plugin.name, plugin.package, why)
        super().__init__(self.problem.message)


@dataclass(frozen=True, slots=True)
class Plugin:
    """A module of another package."""

    name: str
    """The name of its entry point."""
    package: str
    module: Any

    def sureness(self, value: Any) -> int:
        """Recognise a document or sample. Raise `PluginError` if the plug-in fails or its answer is not from 0 to 100."""
        try:
            sureness = self.module.recognise(value)
        except Exception as error:
            raise PluginError(self, error) from error
        if not isinstance(sureness, int) or not 0 <= sureness <= 100:
            raise PluginError(self, f"recognise returned {str(sureness)[:40]!r} instead of a number from 0 to 100")
        return sureness


@dataclass(frozen=True, slots=True)
class Plugins:
    """The plug-ins of one group."""

    found: tuple[Plugin, ...]
    problems: tuple[Problem, ...]
    """Those that cannot be used."""


@cache
def find_plugins(group: PluginGroup) -> Plugins:
    """Import the plug-ins of a group, in the order of their names."""
    found: list[Plugin] = []
    problems: list[Problem] = []
    for entry_point in sorted(_entry_points().select(group=group.entry_points), key=lambda one: (one.name, one.value)):
        package = entry_point.dist.name if entry_point.dist else entry_point.module
        try:
            plugin = Plugin(entry_point.name, package, entry_point.load())
            fault = _fault(plugin.module, group)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the module is not ours
            problems.append(_failed(entry_point.name, package, error))
            continue
        if fault:
            problems.append(_failed(plugin.name, package, fault))
        else:
            found.append(plugin)
    return Plugins(tuple(found), tuple(problems))


@cache
def _entry_points() -> "EntryPoints":
    """Return the entry points of all installed packages. Finding them takes 5 ms for 300 packages."""
    # Imported only now, because `import viewer` need not take the time.
    entry_points: EntryPoints = import_module("importlib.metadata").entry_points()
    return entry_points


def _fault(module: Any, group: PluginGroup) -> str:
    """Return what a module lacks; "" if nothing."""
    missing = [name for name in group.attributes if not hasattr(module, name)]
    if missing:
        return f"it has no {', '.join(missing)}"
    not_callable = [name for name in group.attributes if name.islower() and not callable(getattr(module, name))]
    if not_callable:
        return f"{', '.join(not_callable)} cannot be called"
    if group is PROTOCOLS:
        is_about = isinstance(module.ABOUT, About) and module.ABOUT.name == module.PROTOCOL
        return "" if is_about else "ABOUT is not an About with the name in PROTOCOL"
    is_about = isinstance(module.ABOUT, tuple) and all(isinstance(about, About) for about in module.ABOUT)
    return "" if is_about and module.ABOUT else "ABOUT is not a tuple of About"


def _failed(name: str, package: str, why: BaseException | str) -> Problem:
    reason = why if isinstance(why, str) else f"{type(why).__name__}: {why}".rstrip(": ")
    what = f"The plug-in {name} of the package {package} cannot be used: {' '.join(reason.split())[:300]}."
    return Problem("warning", what, f"Update or uninstall {package}. The built-in formats are read without it.")
