"""The table of very many rows, as a script and a stylesheet that a host joins to its own."""

from functools import cache

from viewer.display.assets import joined_modules, style


@cache
def script() -> str:
    """Return the ES module that exports the table and its cells. It needs `dom.js` of the deck before it."""
    return joined_modules("viewer.display", ("virtual_table", "table_cells"))


@cache
def stylesheet() -> str:
    """Return the style of tables. It needs the variables of `viewer.display.colours`, and a host that sets `--code-font`."""
    return style("viewer.display", "virtual_table.css")
