"""The official SDK of Cohere."""

from functools import cache
from typing import Any

import cohere
import httpx

from tests.support.judges.sdks.heard import Heard
from tests.support.judges.sdks.recorded import Recorded


def chat(recorded: Recorded) -> Heard:
    """Read a stream of chat, version 2."""
    content, reasoning, finish_reason, usage = "", "", None, {}
    calls: dict[int, list[str]] = {}
    client = cohere.ClientV2(api_key="none", base_url=recorded.base, httpx_client=_http())
    options: Any = {"additional_body_parameters": recorded.json, "max_retries": 0}
    for event in client.chat_stream(model="none", messages=[], request_options=options):
        delta: Any = getattr(event, "delta", None)
        if event.type == "content-delta":
            content += delta.message.content.text or ""
            reasoning += delta.message.content.thinking or ""
        elif event.type == "tool-call-start":
            function = delta.message.tool_calls.function
            calls[event.index] = [function.name, function.arguments or ""]
        elif event.type == "tool-call-delta":
            calls[event.index][1] += delta.message.tool_calls.function.arguments or ""
        elif event.type == "message-end":
            finish_reason = delta.finish_reason
            usage = delta.usage.dict() if delta.usage else {}
    return Heard(content, reasoning, [(name, text) for name, text in calls.values()], finish_reason, usage)


@cache
def _http() -> httpx.Client:
    return httpx.Client()
