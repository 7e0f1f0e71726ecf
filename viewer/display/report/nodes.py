"""What stands on the page, as plain data: here it becomes HTML, and in the browser, by `nodes.js`, elements.

One tree for both, so that what is read without a script is what the script shows of every other stream.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from viewer.text.html import escape
from viewer.text.safe import well_formed
from viewer.text.words import number

Node = str | list[Any]
"""Text, or a tag, its attributes and the nodes inside."""

MOST_CHARACTERS = 20_000
"""What a reader without a script sees of one text; scripts show all of it."""
_SHARED_FROM_CHARACTERS = 40


def node(tag: str, attributes: str | Mapping[str, str] = "", *children: Node) -> Node:
    """Return an element of a class, or with attributes, and what is inside."""
    given = {"class": attributes} if isinstance(attributes, str) else attributes
    named = {name: well_formed(value) for name, value in given.items() if value or name == "open"}
    return [tag, named, *(well_formed(child) if isinstance(child, str) else child for child in children)]


def html(nodes: Sequence[Node]) -> str:
    """Return nodes as HTML that shows every text literally, of a very long one only its beginning."""
    return "".join(map(_html, nodes))


def _html(one: Node) -> str:
    if isinstance(one, str):
        more = len(one) - MOST_CHARACTERS
        return escape(one) if more <= 0 else f"{escape(one[:MOST_CHARACTERS])} … and {number(more)} more characters"
    tag, attributes, *children = one
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{html(children)}</{tag}>"


class SharedTexts:
    """Gather long texts that nodes share, such as the prompts that each request of an agent repeats."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._places: dict[str, int] = {}

    def packed(self, one: Node) -> Any:
        """Return a node whose long texts are numbers of `texts`."""
        if not isinstance(one, str):
            tag, attributes, *children = one
            return [tag, attributes, *map(self.packed, children)]
        if len(one) < _SHARED_FROM_CHARACTERS:
            return one
        place = self._places.setdefault(one, len(self.texts))
        if place == len(self.texts):
            self.texts.append(one)
        return place
