"""How often a response used OpenAI's own tools, which cost extra.

https://platform.openai.com/docs/pricing (built-in tools)
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from viewer.protocols.reading import Reading
from viewer.text.json import as_text, mapping

_TOOLS = {
    "web_search_call": "web_search",
    "x_search_call": "x_search",
    "file_search_call": "file_search",
    "code_interpreter_call": "code_execution",
    "image_generation_call": "image_generation",
}
"""By the type of an output item. Computer use and MCP cost only tokens."""
_FREE_ACTIONS = ("open_page", "find_in_page", "find")
"""What a web search call may do instead of searching. Only a search has a price."""


class ToolUses:
    """The uses of tools in one response. Each is sent once when it is done, and again in the final response."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._done: dict[str, set[str]] = {}
        """By tool, the places of the items that are done."""

    def add_done(self, event: Mapping[str, Any]) -> None:
        """Count the item that an event says is done. GitHub Copilot changes ids, so an item is known by its index first."""
        item = mapping(event.get("item"))
        if tool := _billed_tool(item):
            places = self._done.setdefault(tool, set())
            places.add(as_text(event.get("output_index", item.get("id"))))
            self._reading.note_tool_uses(tool, len(places))

    def add_final(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Count all items of the final response."""
        for tool, uses in Counter(map(_billed_tool, items)).items():
            if tool:
                self._reading.note_tool_uses(tool, uses)


def _billed_tool(item: Mapping[str, Any]) -> str:
    """Return the tool that an item used, or "" if the use has no price of its own."""
    is_free = mapping(item.get("action")).get("type") in _FREE_ACTIONS or item.get("status") == "failed"
    return "" if is_free else _TOOLS.get(as_text(item.get("type")), "")
