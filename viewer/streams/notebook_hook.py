"""How a notebook shows a cassette or a stream.

The HTML is made in `viewer.display`, a higher package that this one must not import. `viewer/__init__` registers it here.
"""

from collections.abc import Callable, Iterable
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

Renderer = Callable[[Any], str]

_renderers: dict[str, Renderer] = {}
_cassettes: WeakKeyDictionary[Any, ReferenceType[Any]] = WeakKeyDictionary()


def register(**renderers: Renderer) -> None:
    """Set the renderers of a `cassette` and a `stream`."""
    _renderers.update(renderers)


def show(what: str, value: Any) -> str | None:
    """Return a value as HTML. Return None if no renderer is registered; IPython then shows the repr."""
    renderer = _renderers.get(what)
    return renderer(value) if renderer else None


def set_cassette(streams: Iterable[Any], cassette: Any) -> None:
    """Remember which cassette streams belong to, as long as it is in use: its other parts may tell what is secret."""
    of_streams = ref(cassette)
    for stream in streams:
        _cassettes[stream] = of_streams


def cassette_of(stream: Any) -> Any | None:
    """Return the cassette that a stream belongs to, or None if it is no longer in use."""
    cassette = _cassettes.get(stream)
    return cassette() if cassette else None
