"""Streams of the protocols of language models, with given pieces of text, reasoning or tool arguments."""

import base64
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.support.aws_frames import frame


class Reply(NamedTuple):
    """A response body and its type."""

    content_type: str
    body: bytes


def server_sent(payloads: Sequence[Any], names: Sequence[str] = ()) -> Reply:
    """Return JSON payloads as server-sent events."""
    heads = [f"event: {name}\n" for name in names] or [""] * len(payloads)
    lines = [f"{head}data: {json.dumps(one)}\n\n" for head, one in zip(heads, payloads, strict=True)]
    return Reply("text/event-stream", "".join(lines).encode())


def openai_chat(pieces: Sequence[str], kind: str = "content", **end: Any) -> Reply:
    """Return a stream of chat completion chunks."""
    if kind == "tool":
        head = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "run", "arguments": ""}}
        calls = [head, *({"index": 0, "function": {"arguments": piece}} for piece in pieces)]
        deltas: list[dict[str, Any]] = [{"tool_calls": [call]} for call in calls]
    else:
        deltas = [{{"reasoning": "reasoning_content"}.get(kind, kind): piece} for piece in pieces]
    common = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1735689600, "model": "gpt-4o", **end}
    chunks = [{**common, "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    usage = {"prompt_tokens": 3, "completion_tokens": 9, "total_tokens": 12}
    ends = [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": usage}]
    reply = server_sent([*chunks, *({**common, **one} for one in ends)])
    return reply._replace(body=reply.body + b"data: [DONE]\n\n")


def anthropic(pieces: Sequence[str], kind: str = "content", blocks: int = 1) -> Reply:
    """Return a stream of Anthropic messages. With two blocks, the second half of the pieces is in the second."""
    field, delta, block = {
        "content": ("text", "text_delta", {"type": "text", "text": ""}),
        "reasoning": ("thinking", "thinking_delta", {"type": "thinking", "thinking": "", "signature": ""}),
        "tool": ("partial_json", "input_json_delta", {"type": "tool_use", "id": "toolu_1", "name": "run", "input": {}}),
    }[kind]
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [],
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    payloads: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    size = -(-len(pieces) // blocks)
    for index in range(blocks):
        payloads += [
            {"type": "content_block_start", "index": index, "content_block": block},
            *(
                {"type": "content_block_delta", "index": index, "delta": {"type": delta, field: piece}}
                for piece in ["", *pieces[index * size : (index + 1) * size]]
            ),
            {"type": "content_block_stop", "index": index},
        ]
    payloads += [
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]
    return server_sent(payloads, [one["type"] for one in payloads])


def openai_responses(pieces: Sequence[str], kind: str = "content") -> Reply:
    """Return a stream of the Responses API, in which the done events repeat the whole text."""
    whole = "".join(pieces)
    name, field, item = {
        "content": (
            "response.output_text",
            "text",
            {"type": "message", "content": [{"type": "output_text", "text": whole}]},
        ),
        "reasoning": (
            "response.reasoning_summary_text",
            "text",
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": whole}]},
        ),
        "tool": (
            "response.function_call_arguments",
            "arguments",
            {"type": "function_call", "call_id": "c1", "name": "run", "arguments": whole},
        ),
    }[kind]
    place = {"item_id": "i1", "output_index": 0, "content_index": 0, "summary_index": 0}
    blank = json.loads(json.dumps(item).replace(json.dumps(whole), '""')) if whole else item
    response = {"id": "resp_1", "object": "response", "model": "gpt-4o"}
    payloads = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": {"id": "i1", **blank}},
        *({"type": f"{name}.delta", **place, "delta": piece} for piece in pieces),
        {"type": f"{name}.done", **place, field: whole},
        {"type": "response.output_item.done", "output_index": 0, "item": {"id": "i1", **item}},
        {
            "type": "response.completed",
            "response": {
                **response,
                "status": "completed",
                "output": [{"id": "i1", **item}],
                "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
            },
        },
    ]
    return server_sent(payloads, [str(one["type"]) for one in payloads])


def gemini(pieces: Sequence[str], kind: str = "content") -> Reply:
    """Return a stream of Gemini. A tool call arrives as a whole, as parsed JSON."""
    if kind == "tool":
        try:
            arguments = json.loads("".join(pieces))
        except ValueError:
            arguments = {"input": "".join(pieces)}
        parts: list[dict[str, Any]] = [{"functionCall": {"name": "run", "args": arguments}}]
    else:
        parts = [{"text": piece, **({"thought": True} if kind == "reasoning" else {})} for piece in pieces]
    chunks = [
        {"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}], "modelVersion": "g"}
        for part in parts
    ]
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 2, "totalTokenCount": 3}
    return server_sent([*chunks, {"candidates": [{"finishReason": "STOP", "index": 0}], "usageMetadata": usage}])


def ollama(pieces: Sequence[str], kind: str = "content") -> Reply:
    """Return a stream of Ollama, one JSON object a line."""
    if kind == "tool":
        reply = gemini(pieces, "tool")
        call = json.loads(reply.body.split(b"\n")[0][6:])["candidates"][0]["content"]["parts"][0]["functionCall"]
        messages = [{"tool_calls": [{"function": {"name": "run", "arguments": call["args"]}}]}]
    else:
        messages = [{"content": "", {"reasoning": "thinking"}.get(kind, kind): piece} for piece in pieces]
    lines = [
        {"model": "m", "created_at": "2025-01-01T00:00:00.1Z", "message": {"role": "assistant", **one}, "done": False}
        for one in messages
    ]
    lines.append(
        {
            "model": "m",
            "created_at": "2025-01-01T00:00:02Z",
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": "stop",
        }
    )
    return Reply("application/x-ndjson", "".join(json.dumps(one) + "\n" for one in lines).encode())


def bedrock(pieces: Sequence[str], kind: str = "content") -> Reply:
    """Return the frames of Bedrock's ConverseStream."""
    wrap = {
        "content": lambda text: {"text": text},
        "reasoning": lambda text: {"reasoningContent": {"text": text}},
        "tool": lambda text: {"toolUse": {"input": text}},
    }[kind]
    start = (
        [("contentBlockStart", {"contentBlockIndex": 0, "start": {"toolUse": {"toolUseId": "t1", "name": "run"}}})]
        if kind == "tool"
        else []
    )
    deltas = [("contentBlockDelta", {"contentBlockIndex": 0, "delta": wrap(piece)}) for piece in pieces]
    events = [("messageStart", {"role": "assistant"}), *start, *deltas, ("messageStop", {"stopReason": "end_turn"})]
    return Reply(
        "application/vnd.amazon.eventstream", b"".join(frame(json.dumps(one).encode(), name) for name, one in events)
    )


def bedrock_invoke(pieces: Sequence[str], kind: str = "content") -> Reply:
    """Return the frames of Bedrock's InvokeModelWithResponseStream, each with an Anthropic event in base64."""
    events = [line[6:] for line in anthropic(pieces, kind).body.decode().split("\n") if line.startswith("data: ")]
    frames = [frame(json.dumps({"bytes": base64.b64encode(one.encode()).decode()}).encode(), "chunk") for one in events]
    return Reply("application/vnd.amazon.eventstream", b"".join(frames))


def generic(pieces: Sequence[str], kind: str = "content") -> Reply:
    """Return server-sent events of no known provider."""
    return server_sent([{"seq": index, "kind": kind, "out": {"piece": piece}} for index, piece in enumerate(pieces)])


DIALECTS = {
    "openai-chat": openai_chat,
    "openai-responses": openai_responses,
    "anthropic": anthropic,
    "gemini": gemini,
    "ollama": ollama,
    "bedrock": bedrock,
    "bedrock-invoke": bedrock_invoke,
    "generic": generic,
}
