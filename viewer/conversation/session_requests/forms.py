"""Messages in the own forms of agents' session files, turned into messages as a provider's API has them.

A line of a session is a message, wraps one, or is something else, such as settings.
"""

from collections.abc import Mapping
from typing import Any

from viewer.text.json import items, mapping, only_text
from viewer.types.goose import tool_result

_SAID_BY_USER = frozenset({"task", "user_feedback", "user_feedback_diff"})
_RETURNED = frozenset({"command_output", "browser_action_result", "mcp_server_response"})
"""What Cline shows of the results of tools, without an id of the call."""


def message_in(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the message that a line of Gemini CLI, opencode, goose or Cline holds; None if it holds none."""
    kind, properties = line.get("type"), mapping(line.get("properties"))
    if isinstance(line.get("parts"), list) and "role" in mapping(line.get("info")):
        return {"role": line["info"]["role"], "parts": line["parts"]}
    if kind == "message.part.updated" and isinstance(properties.get("part"), dict):
        return {"role": "user", "parts": [properties["part"]]}
    if kind == "tool_result" and "tool_id" in line:
        text = line.get("output") or mapping(line.get("error")).get("message") or ""
        return _result(line["tool_id"], text, is_error=line.get("status") == "error")
    if kind in ("say", "ask"):
        return _shown_by_cline(line)
    message = mapping(line.get("message")) if kind == "message" and "message" in line else line
    if "content" not in message:
        return None
    if kind == "user" and "role" not in message:
        return {"role": "user", "content": message["content"]}
    if "role" in message and ("created" in message or "ts" in message or kind == "message"):
        return {"role": message["role"], "content": _content(message["content"])}
    return None


def _content(content: Any) -> Any:
    return [_part(part) for part in content] if isinstance(content, list) else content


def _part(part: Any) -> Any:
    """Return a part of goose as one of Anthropic's, and any other as it is."""
    fields = mapping(part)
    if fields.get("type") == "toolResponse":
        content, is_error = tool_result(fields)
        return _result_part(fields.get("id"), content, is_error=is_error)
    return part


def _result(call_id: Any, text: Any, *, is_error: bool) -> dict[str, Any]:
    return {"role": "user", "content": [_result_part(call_id, text, is_error=is_error)]}


def _result_part(call_id: Any, content: Any, *, is_error: bool) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, "is_error": is_error}


def _shown_by_cline(line: Mapping[str, Any]) -> dict[str, Any] | None:
    said = only_text(line.get("say") or line.get("ask"))
    if said in _SAID_BY_USER:
        return {"role": "user", "content": line.get("text") or "", "images": items(line.get("images"))}
    if said in _RETURNED:
        return {"role": "tool", "content": line.get("text") or ""}
    return None
