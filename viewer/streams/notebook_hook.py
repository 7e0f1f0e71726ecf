"""How a notebook shows a cassette or a stream.

The HTML is made in `viewer.display`, which stands above this room and is not imported here. `viewer/__init__` registers it.
"""

from collections.abc import Callable
from typing import Any

Renderer = Callable[[Any], str]

_renderers: dict[str, Renderer] = {}


def register(**renderers: Renderer) -> None:
    """Set how a `cassette` and a `stream` are shown as HTML."""
    _renderers.update(renderers)


def show(what: str, value: Any) -> str | None:
    """Return the HTML of a value; None, with which IPython shows its repr, where no renderer is registered for it."""
    renderer = _renderers.get(what)
    return renderer(value) if renderer else None
