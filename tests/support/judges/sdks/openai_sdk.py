"""The official SDK of OpenAI, which also reads the many providers with an API like it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import openai
from openai.types import Completion
from openai.types.audio import TranscriptionStreamEvent
from openai.types.beta import AssistantStreamEvent
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent

from tests.support.judges.sdks.heard import Heard, ProviderError
from tests.support.judges.sdks.recorded import Recorded

_CALLS = {
    "function_call": "arguments",
    "mcp_call": "arguments",
    "custom_tool_call": "input",
    "tool_search_call": "arguments",
}
"""The types of items that are calls, and the member that holds the arguments."""
_ENDS = {"response.completed", "response.incomplete", "response.failed"}
_THOUGHTS = {"response.reasoning_summary_text.delta", "response.reasoning_text.delta"}
_ARGUMENTS = {
    "response.function_call_arguments.delta",
    "response.mcp_call_arguments.delta",
    "response.custom_tool_call_input.delta",
}


def chat(recorded: Recorded) -> Heard:
    """Read a stream of chat completions."""
    content, reasoning, finish_reason, usage = "", "", None, {}
    calls: dict[int | None, list[str]] = {}
    for chunk in _events(recorded, "/v1/chat/completions", ChatCompletionChunk):
        usage = chunk.usage.to_dict() if chunk.usage else usage
        for choice in chunk.choices or []:
            if choice.index:
                continue
            finish_reason = choice.finish_reason or finish_reason
            delta = choice.delta
            content += getattr(delta, "content", None) or ""
            # Not OpenAI's own fields: the SDK keeps them beside those that it knows.
            reasoning += (
                getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or _details(delta)
            )
            for call in getattr(delta, "tool_calls", None) or []:
                _add_call(calls, call.index, call.function)
            if getattr(delta, "function_call", None):
                _add_call(calls, None, delta.function_call)
    return Heard(content, reasoning, [(name, text) for name, text in calls.values()], finish_reason, usage)


def _details(delta: Any) -> str:
    return "".join(detail.get("text") or "" for detail in getattr(delta, "reasoning_details", None) or [])


def _add_call(calls: dict[int | None, list[str]], index: int | None, function: Any) -> None:
    if function is not None:
        call = calls.setdefault(index, ["", ""])
        call[0] = call[0] or function.name or ""
        call[1] += function.arguments or ""


def completions(recorded: Recorded) -> Heard:
    """Read a stream of the older completions."""
    text, finish_reason, usage = "", None, {}
    for chunk in _events(recorded, "/v1/completions", Completion):
        usage = chunk.usage.to_dict() if chunk.usage else usage
        for choice in chunk.choices or []:
            if not choice.index:
                text += choice.text or ""
                finish_reason = choice.finish_reason or finish_reason
    return Heard(text, "", [], finish_reason, usage)


def responses(recorded: Recorded) -> Heard:
    """Read a stream of the Responses API: the deltas, and the response that the last event holds."""
    final, items = None, {}
    content: dict[tuple[int, int], str] = {}
    reasoning: dict[tuple[int, int], str] = {}
    arguments: dict[int, str] = {}
    for event in _events(recorded, "/v1/responses", ResponseStreamEvent):
        if event.type in _ENDS:
            final = event.response
        elif event.type == "response.output_item.done":
            items[event.output_index] = event.item
        elif event.type == "response.output_text.delta":
            _add(content, (event.output_index, event.content_index), event.delta)
        elif event.type in _THOUGHTS:
            part = event.summary_index if "summary" in event.type else event.content_index
            _add(reasoning, (event.output_index, part), event.delta)
        elif event.type in _ARGUMENTS:
            _add(arguments, event.output_index, event.delta)
    calls = [
        (_name(item), arguments.get(index) or getattr(item, _CALLS[item.type]) or "")
        for index, item in sorted(items.items())
        if item.type in _CALLS and getattr(item, "execution", None) != "server"
    ]
    usage = final.usage.to_dict() if final and final.usage else {}
    return Heard(_joined(content), _joined(reasoning), calls, final.status if final else None, usage)


def assistants(recorded: Recorded) -> Heard:
    """Read a stream of the Assistants API."""
    text, run = "", None
    for event in _events(recorded, "/v1/threads/runs", AssistantStreamEvent):
        if event.event == "thread.message.delta":
            parts = event.data.delta.content or []
            text += "".join(part.text.value or "" for part in parts if part.type == "text" and part.text)
        elif event.event.startswith("thread.run.") and not event.event.startswith("thread.run.step."):
            run = event.data
    action = run.required_action if run else None
    asked = action.submit_tool_outputs.tool_calls if action else []
    calls = [(call.function.name, call.function.arguments) for call in asked]
    return Heard(text, "", calls, run.status if run else None, run.usage.to_dict() if run and run.usage else {})


def transcriptions(recorded: Recorded) -> Heard:
    """Read a stream of a transcription."""
    text, whole, usage = "", "", {}
    for event in _events(recorded, "/v1/audio/transcriptions", TranscriptionStreamEvent):
        if event.type == "transcript.text.delta":
            text += event.delta
        elif event.type == "transcript.text.done":
            whole = event.text
            usage = event.usage.to_dict() if event.usage else {}
    # A transcription that tells speakers apart sends segments in place of deltas, and the whole text at the end.
    return Heard(text or whole, usage=usage)


def _events(recorded: Recorded, usual_path: str, kind: Any) -> Iterator[Any]:
    """Send the recorded request through the SDK's own method, and yield what its stream class yields."""
    url = recorded.url(usual_path)
    options: dict[str, Any] = {"cast_to": kind, "stream": True, "stream_cls": openai.Stream[kind]}
    try:
        if recorded.method == "GET":
            stream = _client().get(url, **options)
        elif recorded.content_type.startswith("multipart/"):
            form = recorded.form
            headers = {"content-type": "multipart/form-data"}
            stream = _client().post(url, body=form.fields, files=form.files, options={"headers": headers}, **options)
        else:
            stream = _client().post(url, body=recorded.json, **options)
        yield from stream
    except openai.APIStatusError:
        raise
    except openai.APIError as error:
        raise ProviderError(error.message) from error


@cache
def _client() -> openai.OpenAI:
    return openai.OpenAI(api_key="none", base_url="http://127.0.0.1", max_retries=0)


def _name(item: Any) -> str:
    """Return the name of a call. OpenAI's own tools have none but their type."""
    return getattr(item, "name", None) or item.type.removesuffix("_call")


def _add(texts: dict[Any, str], place: Any, text: str) -> None:
    texts[place] = texts.get(place, "") + text


def _joined(texts: dict[Any, str]) -> str:
    return "".join(text for _, text in sorted(texts.items()))
