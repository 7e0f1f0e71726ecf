"""What goose's messages say of the results of tools.

https://github.com/block/goose: crates/goose/src/conversation/message.rs, `ToolResponse`
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class ToolResult(NamedTuple):
    """What a tool returned."""

    content: Any
    """A text, or a list of parts as in MCP."""
    is_error: bool


def tool_result(part: Mapping[str, Any]) -> ToolResult:
    """Return the result in a `toolResponse`. In older versions its value is the list of parts itself."""
    result = part.get("toolResult")
    outcome = result if isinstance(result, dict) else {}
    value, error = outcome.get("value"), outcome.get("error")
    fields = value if isinstance(value, dict) else {}
    content = error if error and isinstance(error, str) else fields.get("content", value)
    return ToolResult(content, outcome.get("status") == "error" or fields.get("isError") is True)
