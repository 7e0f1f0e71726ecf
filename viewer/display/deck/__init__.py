"""The replay player: one ES module, one stylesheet, and the tape it plays."""

from collections.abc import Sequence
from functools import cache

from viewer.display.assets import asset, joined_modules
from viewer.display.colours import CONTENT, FOUND, css_variables
from viewer.display.deck.tape import make_tape
from viewer.display.html_page import html_page
from viewer.streams.stream import Stream
from viewer.text.html import escape

__all__ = ["deck_page", "make_tape", "page_script", "page_stylesheet", "script", "stylesheet"]

_COLOURS = ("reasoning", "content", "tool", "error", "quiet", "faint")
# Not every browser resolves custom properties in ::highlight(), so these rules name the colours themselves.
_HIGHLIGHTS = (
    f"::highlight(deck-newest) {{ background-color: {CONTENT.with_alpha('33', '55').css} }}\n"
    f"::highlight(deck-found) {{ background-color: {FOUND.css}; color: black }}\n"
)

# In dependency order: each module comes after what it imports.
MODULES = ("clock", "dom", "keys", "link", "race", "lanes", "panes", "deck")


@cache
def script() -> str:
    """Return one ES module, which exports `mount(root, tape, options)`: the modules of the folder without their comments.

    A host that can load one text only needs no bundler, and each module stays short and is tested by itself.
    """
    return joined_modules(__name__, MODULES)


@cache
def page_script() -> str:
    """Return the module of a page of its own, which exports `mountInPage(root, tape)` besides."""
    return joined_modules(__name__, (*MODULES, "page"))


@cache
def stylesheet() -> str:
    """Return the style that a host puts next to the module."""
    return css_variables(".deck", _COLOURS) + asset(__name__, "deck.css") + _HIGHLIGHTS


@cache
def page_stylesheet() -> str:
    """Return the style of a page of its own."""
    return stylesheet() + asset(__name__, "page.css")


def deck_page(streams: Sequence[Stream], title: str, choice: int | None = None) -> str:
    """Return one HTML page with the deck of some streams and nothing else; it needs no network."""
    start = "mountInPage(document.getElementById('deck'), JSON.parse(document.getElementById('data').textContent));"
    return html_page(
        title,
        f'<main><h1 hidden>{escape(title)}</h1><div id="deck"></div></main>',
        style=page_stylesheet(),
        script=page_script() + start,
        data=make_tape(streams, choice),
    )
