"""Structured text as plain data, for the page and the report: `html` writes it as HTML, `nodes.js` makes elements of it.

Both show recorded text literally. The page needs this because Streamlit's own elements read Markdown, and Markdown of recorded
text fetches images. The report needs it in both forms: without a script it shows the same nodes as HTML.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from viewer.display.assets import joined_modules, style
from viewer.text.html import escape
from viewer.text.safe import well_formed
from viewer.text.words import number

Node = str | list[Any]
"""A text, or a list of a tag, its attributes and its child nodes."""

TAGS = frozenset(
    [
        "a",
        "b",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "ins",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "span",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
SVG_TAGS = frozenset(["svg", "rect", "pattern", "path"])

MAX_HTML_CHARACTERS = 20_000
"""How much of one text is shown without a script. Scripts show all of it."""
# A shorter text takes no more room than the index that would replace it.
_MIN_SHARED_CHARACTERS = 40


def node(tag: str, attributes: str | Mapping[str, str] = "", *children: Node, tip: str = "") -> Node:
    """Return an element with a class or with attributes, its children, and a tooltip.

    Raise `ValueError` for a tag that neither browser side nor stylesheet knows.
    """
    if tag not in TAGS and tag not in SVG_TAGS:
        raise ValueError(f"{tag!r} is not a tag of a node")
    given = {"class": attributes} if isinstance(attributes, str) else dict(attributes)
    if tip:
        given["title"] = tip
    named = {name: well_formed(value) for name, value in given.items() if value or name == "open"}
    return [tag, named, *(well_formed(child) if isinstance(child, str) else child for child in children)]


def html(nodes: Sequence[Node]) -> str:
    """Write nodes as HTML. Of a text longer than `MAX_HTML_CHARACTERS`, only the beginning is shown."""
    return "".join(map(_html, nodes))


def _html(one: Node) -> str:
    if isinstance(one, str):
        more = len(one) - MAX_HTML_CHARACTERS
        return escape(one) if more <= 0 else f"{escape(one[:MAX_HTML_CHARACTERS])} … and {number(more)} more characters"
    tag, attributes, *children = one
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{html(children)}</{tag}>"


class SharedTexts:
    """Long texts that several nodes repeat, such as the prompt in each request of an agent, each stored once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._indexes: dict[str, int] = {}
        # By identity, with the node itself, so that no other node can get its identity.
        self._items: dict[int, tuple[Node, Any]] = {}

    def packed(self, one: Node) -> Any:
        """Return a node in which each long text is replaced by its index in `texts`."""
        if not isinstance(one, str):
            tag, attributes, *children = one
            if tag != "li":
                return [tag, attributes, *map(self.packed, children)]
            # Lists repeat whole items, such as the messages of a conversation.
            if id(one) not in self._items:
                self._items[id(one)] = one, [tag, attributes, *map(self.packed, children)]
            return self._items[id(one)][1]
        if len(one) < _MIN_SHARED_CHARACTERS:
            return one
        index = self._indexes.setdefault(one, len(self.texts))
        if index == len(self.texts):
            self.texts.append(one)
        return index


@cache
def script() -> str:
    """Return the ES module that exports `build`."""
    return joined_modules("viewer.display", ("nodes",))


@cache
def stylesheet() -> str:
    """Return the style of nodes. It needs the variables of `viewer.display.colours`, and a host that sets `--code-font`."""
    return style("viewer.display", "nodes.css")
