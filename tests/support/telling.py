"""Ten recordings that tell something: what the screenshots show, and what accessibility and layout are tested on."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from benchmarks.recordings import go_vcr

_SAMPLES = Path(__file__).resolve().parents[2] / "sample_cassettes"
_COPIED = {
    "tools.yaml": "weather-agent_tool-calls.yaml",
    "error.json": "claude-sonnet-4_overloaded.json",
    "ollama.ndjson": "qwen3_ollama.ndjson",
    "measured.har": "gemma-3-270m_short.har",
    "bounded.yaml": "grok-code-fast-1_simple_streaming.yaml",
    "span.yaml": "nova-lite_bedrock.yaml",
    "paced.yaml": "gemma-3-270m_responses.yaml",
}
_LONG_CHUNKS = 100_000
_CALLS = 500


def write_telling(folder: Path) -> list[str]:
    """Write the recordings into a folder, and return their file names."""
    for name, sample in _COPIED.items():
        shutil.copy(_SAMPLES / sample, folder / name)
    made: dict[str, Callable[[], bytes]] = {
        "search.sse": web_search,
        "long.yaml": lambda: go_vcr(_LONG_CHUNKS),
        "calls.yaml": lambda: agent(_CALLS),
    }
    for name, make in made.items():
        (folder / name).write_bytes(make())
    return sorted([*_COPIED, *made])


def web_search() -> bytes:
    """Return a stream of Anthropic's in which the model thinks, searches the web by a server tool, and answers with a citation.

    The events are those of https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool.
    """
    usage = {
        "input_tokens": 2679,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 1024,
        "output_tokens": 3,
    }
    message = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-20250514",
        "content": [],
    }
    page = {
        "type": "web_search_result",
        "url": "https://example.com/oslo",
        "title": "Oslo daylight <b>today</b>",
        "encrypted_content": "EqgfCioIARgB",
        "page_age": "2 days ago",
    }
    cited = {
        "type": "citations_delta",
        "citation": {
            "type": "web_search_result_location",
            "url": page["url"],
            "title": page["title"],
            "cited_text": "The sun sets at 15:21.",
            "encrypted_index": "Eo8BCioI",
        },
    }
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
        (
            {"type": "thinking", "thinking": "", "signature": ""},
            [
                *(
                    {"type": "thinking_delta", "thinking": text}
                    for text in _pieces("The user asks about today. I need to look it up.")
                ),
                {"type": "signature_delta", "signature": "EqQBCgIYAhIM"},
            ],
        ),
        (
            {"type": "server_tool_use", "id": "srvtoolu_01", "name": "web_search", "input": {}},
            [{"type": "input_json_delta", "partial_json": text} for text in _pieces('{"query": "sunset Oslo today"}')],
        ),
        ({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_01", "content": [page]}, []),
        (
            {"type": "text", "text": "", "citations": []},
            [
                cited,
                *({"type": "text_delta", "text": text} for text in _pieces("The sun sets in Oslo at **15:21** today.")),
            ],
        ),
    ]
    events: list[dict[str, Any]] = [{"type": "message_start", "message": {**message, "usage": usage}}]
    for index, (start, deltas) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += ({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        events.append({"type": "content_block_stop", "index": index})
    final = {**usage, "output_tokens": 141, "server_tool_use": {"web_search_requests": 1}}
    events += [
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": final},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode()


def agent(calls: int) -> bytes:
    """Return a go-vcr cassette of an agent that reads one file in each call, of which every fiftieth is refused, and at last answers."""
    return yaml.dump(
        {"version": 2, "interactions": [_call(number, calls) for number in range(calls)]}, Dumper=yaml.CSafeDumper
    ).encode()


def _call(number: int, calls: int) -> dict[str, Any]:
    history: list[dict[str, Any]] = [{"role": "user", "content": "Which of the files mentions the harbour?"}]
    if number:
        called = {
            "id": f"call_{number - 1}",
            "type": "function",
            "function": {"name": "read_file", "arguments": f'{{"path": "notes/{number - 1}.txt"}}'},
        }
        history += [
            {"role": "assistant", "content": None, "tool_calls": [called]},
            {"role": "tool", "tool_call_id": f"call_{number - 1}", "content": "Nothing about a harbour."},
        ]
    request = {"model": "gpt-4o-mini", "stream": True, "messages": history}
    refused = number % 50 == 24
    body = (
        json.dumps({"error": {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}})
        if refused
        else _answer(number, is_last=number == calls - 1)
    )
    return {
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": {"Content-Type": ["application/json"]},
            "body": json.dumps(request),
        },
        "response": {
            "status": "429 Too Many Requests" if refused else "200 OK",
            "code": 429 if refused else 200,
            "duration": f"{180 + number % 7 * 40}ms",
            "headers": {"Content-Type": ["application/json" if refused else "text/event-stream"]},
            "body": body,
        },
    }


def _answer(number: int, *, is_last: bool) -> str:
    if is_last:
        deltas: list[dict[str, Any]] = [
            {"content": text} for text in _pieces("The harbour is mentioned in notes/17.txt, in the second line.")
        ]
    else:
        function = {"name": "read_file", "arguments": f'{{"path": "notes/{number}.txt"}}'}
        deltas = [{"tool_calls": [{"index": 0, "id": f"call_{number}", "type": "function", "function": function}]}]
    finish = "stop" if is_last else "tool_calls"
    usage = {"prompt_tokens": 60 + number, "completion_tokens": 12, "total_tokens": 72 + number}
    common = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion.chunk",
        "model": "gpt-4o-mini-2024-07-18",
        "created": 1764000000 + number,
    }
    events = [
        *({**common, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas),
        {**common, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]},
        {**common, "choices": [], "usage": usage},
    ]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"


def _pieces(text: str) -> Iterable[str]:
    """Return a text in pieces of a word each."""
    return [f"{word} " for word in text.split()[:-1]] + text.split()[-1:]
