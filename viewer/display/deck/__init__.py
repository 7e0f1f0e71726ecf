"""The player that replays streams: an ES module, a stylesheet, and the tape that it plays."""

from collections.abc import Sequence
from functools import cache

from viewer.display.assets import joined_modules, style
from viewer.display.colours import CONTENT, FOUND, QUIET, REASONING, TOOL_CALL, css_variables
from viewer.display.deck.tape import make_tape
from viewer.display.html_page import html_page
from viewer.streams.stream import Stream
from viewer.text.html import escape

__all__ = ["deck_page", "make_tape", "markdown_script", "page_script", "page_stylesheet", "script", "stylesheet"]

_COLOURS = ("reasoning", "content", "tool", "error", "quiet", "text", "faint", "ground")
# Not every browser resolves custom properties in ::highlight(), so these rules name the colours themselves.
_HIGHLIGHTS = (
    f"::highlight(deck-newest) {{ background-color: {CONTENT.with_alpha('33', '55').css} }}\n"
    f"::highlight(deck-later) {{ color: {QUIET.css} }}\n"
    f"::highlight(deck-tint-1) {{ background-color: {TOOL_CALL.with_alpha('22', '33').css} }}\n"
    f"::highlight(deck-tint-2) {{ background-color: {TOOL_CALL.with_alpha('44', '55').css} }}\n"
    f"::highlight(deck-tint-3) {{ background-color: {TOOL_CALL.with_alpha('77', '88').css} }}\n"
    f"::highlight(deck-selected) {{ background-color: {REASONING.with_alpha('44', '77').css}; text-decoration: underline 2px }}\n"
    f"::highlight(deck-found) {{ background-color: {FOUND.css}; color: black }}\n"
)

# In dependency order: each module comes after what it imports.
MODULES = (
    "clock",
    "packing",
    "dom",
    "keys",
    "link",
    "race",
    "order",
    "axis",
    "view",
    "rates",
    "stage",
    "figures",
    "range",
    "rows",
    "tips",
    "paint",
    "flags",
    "lanes",
    "hover",
    "pointer",
    "text_blocks",
    "panes",
    "json_indent",
    "tint",
    "transcript_text",
    "transcript_block",
    "transcript",
    "columns",
    "controls",
    "find",
    "keyboard",
    "commands",
    "deck",
)


@cache
def script() -> str:
    """Return one ES module, which exports `mount(root, tape, options)`, for hosts that load a single text.

    It is the modules of this folder joined without their comments, so that no bundler is needed and each is tested by itself.
    """
    return joined_modules(__name__, MODULES)


@cache
def markdown_script() -> str:
    """Return the modules that show a text as Markdown in a frame, for hosts that may load frames. They need those of `script`."""
    return joined_modules(__name__, ("markdown", "markdown_frame"))


@cache
def page_script() -> str:
    """Return the ES module of a standalone page, which also exports `mountInPage(root, tape)`."""
    return joined_modules(__name__, (*MODULES, "page"))


@cache
def stylesheet() -> str:
    """Return the style that a host puts next to the module."""
    return (
        css_variables(".deck", _COLOURS) + style(__name__, "deck.css") + style(__name__, "transcript.css") + _HIGHLIGHTS
    )


@cache
def page_stylesheet() -> str:
    """Return the style of a standalone page."""
    return stylesheet() + style(__name__, "page.css")


def deck_page(streams: Sequence[Stream], title: str, choice: int | None = None) -> str:
    """Return a standalone HTML page that has only the deck of some streams. It needs no network.

    In a frame it tells its height to the page around it, and follows its theme (`hosted.js`).
    """
    start = (
        "const tellHost = joinHost();"
        "mountInPage(document.getElementById('deck'), JSON.parse(document.getElementById('data').textContent));"
        "tellHost();"
    )
    return html_page(
        title,
        f'<main><h1 hidden>{escape(title)}</h1><div id="deck"></div></main>',
        style=page_stylesheet(),
        script=page_script() + joined_modules(__name__, ("hosted",)) + start,
        data=make_tape(streams, choice),
    )
