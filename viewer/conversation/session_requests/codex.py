"""The messages in lines of Codex, as items of the Responses API. The text of a result says whether its tool failed."""

from collections.abc import Mapping
from typing import Any

from viewer.cassettes.sessions.codex.results import returned_by_item
from viewer.text.json import mapping, only_text
from viewer.types import codex


def codex_message(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a line as a message of the Responses API; None if it has no message."""
    if "type" in line:
        # The first versions wrote an item alone.
        item = mapping(line.get("payload")) if line["type"] == "response_item" else dict(line)
        if only_text(item.get("type")) not in codex.KNOWN_ITEMS or not item.keys() & {"content", "output"}:
            return None
        return {**item, "is_error": True} if "output" in item and returned_by_item(item).is_error else item
    if isinstance(line.get("prompt"), str):
        return {"role": "user", "content": line["prompt"]}
    event = mapping(line.get("msg"))
    if event.get("type") in ("exec_command_end", "mcp_tool_call_end", "patch_apply_end"):
        # The older output of `codex exec` has no items, and this event alone has the result.
        text = next(filter(None, map(event.get, ("aggregated_output", "stdout", "result", "stderr"))), "")
        return _result(event.get("call_id"), text)
    return (
        _of_app_server(mapping(mapping(line.get("params")).get("item")))
        if line.get("method") == "item/completed"
        else None
    )


def _of_app_server(item: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = only_text(item.get("type"))
    if kind == "userMessage":
        return {"role": "user", "content": item.get("content")}
    if kind in codex.TOOL_ITEMS:
        _, returned = codex.TOOL_ITEMS[kind]
        output = next((item[name] for name in returned if item.get(name)), only_text(item.get("status")))
        return _result(item.get("id"), output, is_error=item.get("status") in ("failed", "declined"))
    return None


def _result(call_id: Any, output: Any, *, is_error: bool = False) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": output, "is_error": is_error}
