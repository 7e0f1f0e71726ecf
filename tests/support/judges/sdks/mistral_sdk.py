"""The official SDK of Mistral."""

from functools import cache
from typing import Any

import httpx2
from mistralai.client import Mistral

from tests.support.judges.sdks.heard import Heard
from tests.support.judges.sdks.recorded import Recorded


class _RecordedBody(httpx2.Client):
    """Sends a recorded body in place of the one that the SDK builds, which has no argument for it."""

    body = b""

    def build_request(self, *arguments: Any, **options: Any) -> httpx2.Request:
        return super().build_request(*arguments, **{**options, "content": self.body, "json": None, "data": None})


def chat(recorded: Recorded) -> Heard:
    """Read a stream of chat completions, of an agent, or of a text that is filled in."""
    http = _http()
    http.body = recorded.body or b"{}"
    client = Mistral(api_key="none", server_url=recorded.base, client=http)
    message: Any = [{"role": "user", "content": ""}]
    if "/agents/" in recorded.path:
        stream = client.agents.stream(agent_id="none", messages=message)
    elif "/fim/" in recorded.path:
        stream = client.fim.stream(model="none", prompt="")
    else:
        stream = client.chat.stream(model="none", messages=message)
    with stream:
        return _assembled(stream)


def _assembled(stream: Any) -> Heard:
    content, reasoning, finish_reason, usage = "", "", None, {}
    calls: dict[int, tuple[str, list[Any]]] = {}
    for event in stream:
        usage = event.data.usage.model_dump(mode="json", exclude_unset=True) if event.data.usage else usage
        for choice in event.data.choices:
            if choice.index:
                continue
            finish_reason = choice.finish_reason or finish_reason
            text, thought = _texts(choice.delta.content)
            content, reasoning = content + text, reasoning + thought
            for call in choice.delta.tool_calls or []:
                calls.setdefault(call.index, (call.function.name, []))[1].append(call.function.arguments)
    return Heard(
        content,
        reasoning,
        [(name, "".join(parts)) for name, parts in calls.values()],
        finish_reason,
        usage,
    )


def _texts(content: Any) -> tuple[str, str]:
    """Return text and thinking of a delta."""
    if not content or isinstance(content, str):
        return content or "", ""
    thinking = [piece for part in content if part.type == "thinking" for piece in part.thinking]
    return (
        "".join(part.text for part in content if part.type == "text"),
        "".join(piece.text for piece in thinking if piece.type == "text"),
    )


@cache
def _http() -> _RecordedBody:
    return _RecordedBody()
