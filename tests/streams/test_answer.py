"""Answers that were not streamed, in the shape that each provider documents. All are synthetic."""

import json

import pytest

import viewer
from viewer.streams.answer import read_answer
from viewer.types.http import Headers, Interaction, Request, Response

CALL = {"city": "Lima"}


def read(payload, url="", status=200):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = Headers([("Content-Type", "application/json")])
    return read_answer(Interaction(Request(url=url), Response(status=status, headers=headers, body=body)))


CHAT = {
    "object": "chat.completion",
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Olá",
                "reasoning_content": "hm",
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city":"Lima"}'},
                    }
                ],
            },
            "finish_reason": "stop",
        },
        {"index": 1, "message": {"content": "other"}, "finish_reason": "stop"},
    ],
    "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9},
}
RESPONSES = {
    "object": "response",
    "status": "completed",
    "model": "gpt-5",
    "output": [
        {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "id": "m", "content": [{"type": "output_text", "text": "Olá", "annotations": []}]},
        {"type": "function_call", "id": "f", "call_id": "c1", "name": "weather", "arguments": '{"city":"Lima"}'},
    ],
    "usage": {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9},
}
MESSAGE = {
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4",
    "content": [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "Olá"},
        {"type": "tool_use", "id": "c1", "name": "weather", "input": CALL},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 7, "output_tokens": 2},
}
GEMINI = {
    "candidates": [
        {
            "content": {
                "parts": [
                    {"text": "hm", "thought": True},
                    {"text": "Olá"},
                    {"functionCall": {"name": "weather", "args": CALL}},
                ]
            },
            "finishReason": "STOP",
        }
    ],
    "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 2, "totalTokenCount": 9},
    "modelVersion": "gemini-2.5-flash",
}
OLLAMA = {
    "model": "qwen3",
    "message": {
        "role": "assistant",
        "content": "Olá",
        "thinking": "hm",
        "tool_calls": [{"function": {"name": "weather", "arguments": CALL}}],
    },
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 7,
    "eval_count": 2,
}
COHERE = {
    "id": "i",
    "finish_reason": "TOOL_CALL",
    "message": {
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Olá"}],
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Lima"}'}}
        ],
    },
    "usage": {"tokens": {"input_tokens": 7, "output_tokens": 2}},
}
CONVERSE = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
                {"text": "Olá"},
                {"toolUse": {"toolUseId": "c1", "name": "weather", "input": CALL}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": {"inputTokens": 7, "outputTokens": 2, "totalTokens": 9},
}


@pytest.mark.parametrize(
    ("payload", "protocol", "finish"),
    [
        (CHAT, "openai-chat", "stop"),
        (RESPONSES, "openai-responses", "completed"),
        (MESSAGE, "anthropic-messages", "tool_use"),
        (GEMINI, "gemini-generate", "STOP"),
        (OLLAMA, "ollama-chat", "stop"),
        (COHERE, "cohere-v2", "TOOL_CALL"),
        (CONVERSE, "bedrock-converse-stream", "tool_use"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_text_reasoning_tool_calls_and_usage_of_an_answer_are_read(payload, protocol, finish):
    answer = read(payload)
    assert (answer.protocol, answer.finish_reason, answer.error) == (protocol, finish, None)
    assert (answer.text, answer.reasoning) == ("Olá", "hm")
    [call] = answer.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("weather", CALL)
    assert (answer.usage.input, answer.usage.output) == (7, 2)
    assert answer.model == payload.get("model", payload.get("modelVersion"))


@pytest.mark.parametrize(
    ("payload", "protocol"),
    [
        (
            {"object": "text_completion", "choices": [{"text": "Olá", "index": 0, "finish_reason": "length"}]},
            "openai-completions",
        ),
        ({"content": "Olá", "stop": True, "tokens_predicted": 2}, "openai-completions"),
        ({"model": "m", "response": "Olá", "done": True}, "ollama-generate"),
    ],
)
def test_the_text_of_a_completion_is_read(payload, protocol):
    answer = read(payload)
    assert (answer.protocol, answer.text, answer.tool_calls) == (protocol, "Olá", [])


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"error": {"message": "Rate limit reached", "type": "tokens", "code": "rate_limit"}}, "Rate limit reached"),
        ({"error": "model not found"}, "model not found"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "Overloaded"),
        ({"error": {"code": 404, "message": "no such", "status": "NOT_FOUND"}}, "no such"),
        ({"message": "The security token is expired."}, "The security token is expired."),
        ({"detail": "Unauthorized"}, "Unauthorized"),
        ({"error": [5]}, "[5]"),
    ],
)
def test_errors_are_read_in_the_forms_that_providers_share(payload, message):
    answer = read(payload, status=429)
    assert (str(answer.error), answer.text, answer.usage) == (message, "", None)


@pytest.mark.parametrize("payload", [b"", b"[1]", b"{", b"text", {}, {"data": []}, {"object": "list"}, b"{" * 100_000])
def test_other_json_is_not_an_answer(payload):
    assert read(payload) is None


@pytest.mark.parametrize("odd", [None, 5, "x", [], [5], {}, {"a": [[]]}])
@pytest.mark.parametrize("payload", [CHAT, RESPONSES, MESSAGE, GEMINI, OLLAMA, COHERE, CONVERSE])
def test_a_value_of_the_wrong_type_does_not_stop_the_reading(payload, odd):
    for name in payload:
        read({**payload, name: odd})
    for name in ("choices", "output", "content", "candidates"):
        read({**payload, name: [odd]})


def test_a_cassette_has_its_answers_by_interaction():
    interactions = [
        {
            "request": {"url": "https://api.openai.com/v1/chat/completions", "method": "POST"},
            "response": {"code": 200, "body": json.dumps(body) if isinstance(body, dict) else body},
        }
        for body in (CHAT, 'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n', "no JSON")
    ]
    loaded = viewer.load(json.dumps({"version": 2, "interactions": interactions}).encode())
    assert list(loaded.answers) == [0]
    assert [stream.interaction for stream in loaded.streams] == [1]
