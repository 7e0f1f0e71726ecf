"""What the output items of OpenAI Responses hold: calls, the JSON of their actions, and the texts of all other items.

https://platform.openai.com/docs/api-reference/responses/object (and the types of the official SDK, `openai.types.responses`)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from viewer.text.json import as_text, mapping, write

ARGUMENTS = "arguments"
"""The name of the text of a call: its arguments, input or action."""

CALLS = {
    "function_call": ("arguments",),
    "mcp_call": ("arguments",),
    "mcp_approval_request": ("arguments",),
    "custom_tool_call": ("input",),
    "tool_search_call": ("arguments",),
    "local_shell_call": ("action",),
    "shell_call": ("action",),
    "apply_patch_call": ("operation",),
    "computer_call": ("action", "actions"),
}
"""The items that call tools, and the fields that may hold what the tool is to do."""
_STREAMED = {"shell_call": "commands", "apply_patch_call": "diff"}
"""The member of an action that is streamed as deltas."""


def is_call(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is a tool call. A shell in a container, or a search of tools by the server, is not one."""
    hosted = mapping(item.get("environment")).get("type") == "container_reference" or item.get("execution") == "server"
    return as_text(item.get("type")) in CALLS and not hosted


def call_id_of(item: Mapping[str, Any]) -> str:
    """Return the id that the output of a call refers to."""
    return as_text(item.get("call_id") or item.get("id") or "")


def call_name_of(item: Mapping[str, Any]) -> str:
    """Return the name of the tool. A tool of OpenAI's own is called as in the list of tools, such as `local_shell`."""
    return as_text(item.get("name") or "") or _tool_type(as_text(item.get("type") or ""))


def _tool_type(kind: str) -> str:
    return kind.removesuffix("_call") if kind in CALLS and kind != "function_call" else ""


def arguments_of(item: Mapping[str, Any]) -> str:
    """Return what a tool is to do. An object is written as JSON."""
    fields = CALLS.get(as_text(item.get("type")), ())
    value = next((item[field] for field in fields if item.get(field) is not None), None)
    return as_text(value)


def has_action(item: Mapping[str, Any]) -> bool:
    """Tell whether a call holds an object that begins as a placeholder, and not arguments as text."""
    return is_call(item) and not isinstance(item.get("arguments", item.get("input")), str)


@dataclass(slots=True)
class GrowingAction:
    """The JSON of an action while one member of it is streamed: a text, or a list of texts."""

    opening: str
    """The JSON up to the first text."""
    is_list: bool
    index: Any = None
    """Which text of the list is streamed."""
    text: str = ""
    """What was added of that text."""

    def add(self, index: Any, piece: str) -> str:
        """Return the JSON that a piece of a text adds."""
        begin = self._begin(index)
        self.text += piece
        return begin + write(piece)[1:-1]

    def complete(self, index: Any, whole: str) -> str:
        """Return the JSON that a whole text adds to its pieces."""
        begin = self._begin(index)
        rest = whole[len(self.text) :] if whole.startswith(self.text) else ""
        self.text += rest
        return begin + write(rest)[1:-1]

    def close(self) -> str:
        """Return the JSON that closes everything open."""
        return '"}' if not self.is_list else "]}" if self.index is None else '"]}'

    def _begin(self, index: Any) -> str:
        """Return the JSON between the text before and this one."""
        if not self.is_list or index == self.index:
            return ""
        begin = '"' if self.index is None else '","'
        self.index, self.text = index, ""
        return begin


def growing_action_of(item: Mapping[str, Any]) -> GrowingAction | None:
    """Return the action of a call if a member of it is still empty and will be streamed."""
    kind = as_text(item.get("type"))
    member = _STREAMED.get(kind, "")
    action = mapping(item.get(next(iter(CALLS.get(kind, ("",))))))
    empty = action.get(member)
    if empty not in ("", []) or not is_call(item):
        return None
    before = dict(takewhile(lambda pair: pair[0] != member, action.items()))
    # The last two characters close the empty member and the object.
    return GrowingAction(write({**before, member: empty})[:-2], is_list=empty == [])
