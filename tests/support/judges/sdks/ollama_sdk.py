"""The official SDK of Ollama."""

from functools import cache
from typing import Any

import ollama

from tests.support.judges.sdks.heard import Heard
from tests.support.judges.sdks.recorded import Recorded

_COUNTS = ("prompt_eval_count", "eval_count")


def chat(recorded: Recorded) -> Heard:
    """Read a stream of chat."""
    parts = _parts(recorded, "/api/chat", ollama.ChatResponse)
    messages = [part.message for part in parts]
    functions = [call.function for message in messages for call in message.tool_calls or []]
    return Heard(
        "".join(message.content or "" for message in messages),
        "".join(message.thinking or "" for message in messages),
        [(function.name, dict(function.arguments)) for function in functions],
        parts[-1].done_reason,
        _usage(parts[-1]),
    )


def generate(recorded: Recorded) -> Heard:
    """Read a stream of generate."""
    parts = _parts(recorded, "/api/generate", ollama.GenerateResponse)
    content = "".join(part.response or "" for part in parts)
    reasoning = "".join(part.thinking or "" for part in parts)
    return Heard(content, reasoning, [], parts[-1].done_reason, _usage(parts[-1]))


def _parts(recorded: Recorded, usual_path: str, kind: Any) -> list[Any]:
    # `Client.chat` calls this method, with a body that it builds from its arguments.
    return list(_client()._request(kind, "POST", recorded.url(usual_path), json=recorded.json, stream=True))


def _usage(last: Any) -> dict[str, Any]:
    return {name: value for name in _COUNTS if (value := getattr(last, name)) is not None}


@cache
def _client() -> ollama.Client:
    return ollama.Client(host="http://127.0.0.1")
