"""How a notebook shows a cassette or a stream.

The HTML is made in `viewer.display`, a higher package that this one must not import. `viewer/__init__` registers it here.
"""

from collections.abc import Callable
from typing import Any

Renderer = Callable[[Any], str]

_renderers: dict[str, Renderer] = {}


def register(**renderers: Renderer) -> None:
    """Set the renderers of a `cassette` and a `stream`."""
    _renderers.update(renderers)


def show(what: str, value: Any) -> str | None:
    """Return a value as HTML. Return None if no renderer is registered; IPython then shows the repr."""
    renderer = _renderers.get(what)
    return renderer(value) if renderer else None
