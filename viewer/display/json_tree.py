"""The tree of JSON, as a script and a stylesheet that a host joins to its own."""

from functools import cache

from viewer.display.assets import joined_modules, style


@cache
def script() -> str:
    """Return the ES module that exports `jsonTree` and `parseJson`. It needs `dom.js` of the deck before it."""
    return joined_modules("viewer.display", ("copy", "json_values", "json_tree"))


@cache
def stylesheet() -> str:
    """Return the style of trees. It needs the variables of `viewer.display.colours`, and a host that sets `--code-font`."""
    return style("viewer.display", "json_tree.css")
