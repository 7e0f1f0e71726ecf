"""The official SDK of Google's Gemini."""

import re
from functools import cache
from typing import Any

from google import genai
from google.genai import types

from tests.support.judges.sdks.heard import Heard
from tests.support.judges.sdks.recorded import Recorded

_MODEL = re.compile(r"^/(v\w+)/(.+):streamGenerateContent")


def generate(recorded: Recorded) -> Heard:
    """Read a stream of generateContent."""
    found = _MODEL.match(recorded.path)
    version, model = found.groups() if found else ("v1beta", "models/gemini")
    options = types.HttpOptions(base_url=recorded.base, api_version=version, extra_body=recorded.json)
    config = types.GenerateContentConfig(http_options=options)
    content, reasoning, finish_reason, usage = "", "", None, {}
    calls: list[tuple[str, Any]] = []
    for chunk in _client(is_vertex="/projects/" in recorded.path).models.generate_content_stream(
        model=model, contents="", config=config
    ):
        usage = _as_sent(chunk.usage_metadata) or usage
        for candidate in (chunk.candidates or [])[:1]:
            finish_reason = candidate.finish_reason or finish_reason
            for part in (candidate.content.parts if candidate.content else None) or []:
                if part.function_call:
                    calls.append((part.function_call.name or "", part.function_call.args or {}))
                elif part.thought:
                    reasoning += part.text or ""
                else:
                    content += part.text or ""
    return Heard(content, reasoning, calls, finish_reason and finish_reason.value, usage)


def interactions(recorded: Recorded) -> Heard:
    """Read a stream of the Interactions API."""
    options = types.HttpOptions(base_url=recorded.base, api_version="v1beta")
    content, reasoning, ended = "", "", None
    with genai.Client(api_key="none", http_options=options) as client:
        for event in client.interactions.create(model="none", input="", stream=True, extra_body=recorded.json):
            if event.event_type == "step.delta" and event.delta.type == "text":
                content += event.delta.text
            elif event.event_type == "step.delta" and event.delta.type == "thought_summary":
                reasoning += event.delta.content.text
            elif event.event_type == "interaction.completed":
                ended = event.interaction
    usage = ended.usage.model_dump(mode="json", exclude_none=True) if ended and ended.usage else {}
    return Heard(content, reasoning, [], ended.status if ended else None, usage)


@cache
def _client(*, is_vertex: bool) -> genai.Client:
    return genai.Client(vertexai=is_vertex, api_key="none")


def _as_sent(usage: Any) -> dict[str, Any]:
    return usage.model_dump(mode="json", by_alias=True, exclude_none=True) if usage else {}
