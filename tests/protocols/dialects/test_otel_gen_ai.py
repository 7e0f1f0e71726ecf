"""Answers as the semantic conventions write them, by the examples of https://opentelemetry.io/docs/specs/semconv/gen-ai/."""

import json

import pytest

import viewer
from viewer.streams.answer import read_answer
from viewer.types.http import Interaction, Request, Response

MESSAGE = {
    "role": "assistant",
    "parts": [
        {"type": "reasoning", "content": "hm"},
        {"type": "text", "content": "The weather in Paris is rainy."},
        {"type": "tool_call", "id": "c1", "name": "get_weather", "arguments": {"location": "Paris"}},
    ],
    "finish_reason": "tool_call",
}
PAYLOAD = {"gen_ai.output.messages": [MESSAGE], "gen_ai.response.model": "gpt-4o"}


def answer_of(payload, url=""):
    return read_answer(Interaction(Request(url=url), Response(body=json.dumps(payload).encode())))


def stream_of(*payloads):
    return viewer.load("".join(f"data: {json.dumps(one)}\n\n" for one in payloads).encode(), "s.sse").streams[0]


def test_the_parts_of_a_message_are_the_answer():
    answer = answer_of(PAYLOAD)
    assert (answer.protocol, answer.model, answer.finish_reason) == ("otel-gen-ai", "gpt-4o", "tool_call")
    assert (answer.text, answer.reasoning) == ("The weather in Paris is rainy.", "hm")
    assert [(call.id, call.name, call.arguments) for call in answer.tool_calls] == [
        ("c1", "get_weather", '{"location":"Paris"}')
    ]


@pytest.mark.parametrize(
    "counts",
    [
        {"gen_ai.usage.input_tokens": 8, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cache_read.input_tokens": 2},
        {
            "gen_ai.usage.prompt_tokens": 8,
            "gen_ai.usage.completion_tokens": 5,
            "gen_ai.usage.cache_read_input_tokens": 2,
        },
        {"llm.token_count.prompt": 8, "llm.token_count.completion": 5, "llm.token_count.prompt_details.cache_read": 2},
        {"ai.usage.promptTokens": 8, "ai.usage.completionTokens": 5, "ai.usage.cachedInputTokens": 2},
    ],
)
def test_token_counts_have_many_names(counts):
    usage = answer_of({**PAYLOAD, **counts}).usage
    assert (usage.input, usage.output, usage.cache_read) == (8, 5, 2)
    assert usage.reported == counts


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("openai", "openai"),
        ("OpenAI", "openai"),
        ("openai.chat", "openai"),
        ("azure.ai.openai", "azure"),
        ("aws.bedrock", "aws-bedrock"),
        ("gcp.gemini", "google"),
        ("google.vertex.chat", "google-vertex"),
        ("groq", "groq"),
    ],
)
def test_the_provider_is_the_one_that_the_attributes_name_unless_the_address_says_otherwise(name, provider):
    assert answer_of({**PAYLOAD, "gen_ai.provider.name": name}).provider == provider
    assert answer_of({**PAYLOAD, "gen_ai.provider.name": name}, "https://openrouter.ai/api").provider == "openrouter"


def test_each_message_is_a_choice():
    other = {"role": "assistant", "parts": [{"type": "text", "content": "Sunny."}], "finish_reason": "stop"}
    stream = stream_of({"gen_ai.output.messages": [MESSAGE, other]}, {"gen_ai.output.messages": [], "end_time": "x"})
    assert [stream.text(choice=choice) for choice in (0, 1)] == ["The weather in Paris is rainy.", "Sunny."]
    assert stream.finish_reason == "tool_call"


def test_pieces_with_their_end_are_a_complete_stream():
    def piece(text):
        return {"gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": text}]}]}

    end = {"gen_ai.output.messages": [], "gen_ai.usage.output_tokens": 2, "end_time": "2026-01-01T00:00:02Z"}
    stream = stream_of(piece("Hel"), piece("lo"), end)
    assert (stream.protocol, stream.text(), stream.complete, stream.usage.output) == ("otel-gen-ai", "Hello", True, 2)
    assert [*stream.chunks.kind] == ["content", "content", "usage", "finish"]


@pytest.mark.parametrize(
    ("payload", "message", "kind"),
    [
        ({"error.type": "timeout"}, "timeout", "timeout"),
        ({"exception.type": "E", "exception.message": "too long"}, "too long", "E"),
        ({"status": {"code": 2, "message": "Broken"}}, "Broken", ""),
        ({"status": {"code": 2}}, "The span has the status of an error.", ""),
    ],
)
def test_an_error_is_shown_with_its_message(payload, message, kind):
    error = answer_of(payload).error
    assert (error.message, error.type) == (message, kind)


def test_text_of_an_unknown_part_is_kept():
    part = {"type": "poem", "content": "Roses are red."}
    stream = stream_of({"gen_ai.output.messages": [{"parts": [part]}]}, {"end_time": "x"})
    assert "Roses are red." in "".join(stream.chunks.text)
    assert any("'poem'" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [5], [{"parts": 5}], [{"parts": [5, None, {"type": []}]}], [[]]])
def test_a_field_of_any_type_is_no_exception(odd):
    for name in (
        "gen_ai.output.messages",
        "gen_ai.response.model",
        "gen_ai.response.finish_reasons",
        "status",
        "error.type",
    ):
        answer_of({**PAYLOAD, name: odd})


def test_the_answer_of_another_protocol_is_not_claimed():
    for payload in (
        {"type": "message", "content": [], "role": "assistant"},
        {"choices": [{"message": {"content": "x"}}]},
        {"a": 1},
    ):
        answer = answer_of(payload)
        assert answer is None or answer.protocol != "otel-gen-ai"


def test_a_stream_of_objects_with_an_end_and_no_messages_is_not_claimed():
    stream = stream_of({"text": "Dry.", "end_time": "2026-01-01T00:00:01Z"})
    assert stream.protocol != "otel-gen-ai"
    assert "Dry." in "".join(stream.chunks.text)
