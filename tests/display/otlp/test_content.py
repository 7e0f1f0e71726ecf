"""The texts of a call, held against the JSON schemas of the conventions (docs/gen-ai/gen-ai-*-messages.json)."""

import json

import pytest

import viewer
from tests.support.har_files import asked, chat, entry, har
from viewer.conversation.conversation import conversation_of
from viewer.display.otlp.content import content_attributes


def content_of(request, answer="", **fields):
    cassette = viewer.load(har(entry(request, answer, **fields)))
    reply = cassette.stream_of(0) or cassette.answers.get(0)
    conversation = conversation_of(cassette.interactions[0], reply)
    return content_attributes(conversation, reply.finish_reason if reply else None)


def test_instructions_of_a_field_of_their_own_are_apart_from_the_history():
    messages = [{"role": "user", "content": "Hi"}]
    found = content_of({"model": "claude", "system": "Be brief.", "messages": messages})
    assert found["gen_ai.system_instructions"] == [{"type": "text", "content": "Be brief."}]
    assert [one["role"] for one in found["gen_ai.input.messages"]] == ["user"]


def test_instructions_in_the_history_stay_in_it():
    found = content_of(asked())
    assert "gen_ai.system_instructions" not in found
    assert found["gen_ai.input.messages"][0] == {
        "role": "system",
        "parts": [{"type": "text", "content": "Be brief."}],
    }


def test_results_of_tools_and_reasoning_have_their_own_types():
    history = [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{oops"}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "19 °C"},
    ]
    found = content_of(asked(messages=history), chat({"reasoning_content": "Hm."}, "Warm."))
    _, called, result = found["gen_ai.input.messages"]
    # Arguments that are not JSON stay text.
    assert called["parts"] == [{"type": "tool_call", "id": "c1", "name": "weather", "arguments": "{oops"}]
    assert result["parts"] == [{"type": "tool_call_response", "id": "c1", "response": "19 °C"}]
    (answer,) = found["gen_ai.output.messages"]
    assert answer["parts"] == [{"type": "reasoning", "content": "Hm."}, {"type": "text", "content": "Warm."}]


def test_the_finish_reason_of_several_choices_is_nobodys():
    both = chat({"content": "A"}, finish="stop").replace("data: [DONE]\n\n", "")
    other = both.replace('"index": 0', '"index": 1')
    answer = content_of(asked(n=2), both + other)["gen_ai.output.messages"]
    assert len(answer) == 2
    assert not any("finish_reason" in one for one in answer)


def test_binary_data_is_described_and_an_address_is_kept():
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    linked = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}
    found = content_of(asked(messages=[{"role": "user", "content": [picture, linked]}]))
    described, uri = found["gen_ai.input.messages"][0]["parts"]
    assert described["content"].startswith("image/png")
    assert "iVBOR" not in json.dumps(found)
    assert uri == {"type": "uri", "modality": "image", "uri": "https://example.com/cat.png"}


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        (
            {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}},
            {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}},
        ),
        (
            {"name": "f", "input_schema": {"type": "object"}},
            {"type": "function", "name": "f", "parameters": {"type": "object"}},
        ),
        (
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 2},
            {"type": "web_search_20250305", "name": "web_search", "parameters": {"max_uses": 2}},
        ),
    ],
)
def test_definitions_of_tools_have_a_type_and_a_name(tool, expected):
    assert content_of(asked(tools=[tool]))["gen_ai.tool.definitions"] == [expected]


def test_what_was_not_recorded_is_left_out():
    assert content_of(None) == {}
