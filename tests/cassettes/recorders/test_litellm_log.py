"""Payloads in the shape that litellm 1.110.2 gives to its callbacks, and of the spend logs of its proxy."""

import json

import pytest

import viewer
from viewer.conversation.conversation import conversation_of

RESPONSE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_760_000_000,
    "model": "gpt-4o-2024-08-06",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello"}}],
    "usage": {"prompt_tokens": 84, "completion_tokens": 7, "total_tokens": 91},
}
PAYLOAD = {
    "id": "chatcmpl-1",
    "litellm_call_id": "f",
    "trace_id": "t",
    "session_id": "S",
    "call_type": "completion",
    "stream": True,
    "status": "success",
    "custom_llm_provider": "openai",
    "startTime": 1_760_000_000.25,
    "endTime": 1_760_000_002.25,
    "completionStartTime": 1_760_000_000.75,
    "model": "gpt-4o",
    "response_cost": 0.25,
    "api_base": "https://api.openai.com/v1",
    "messages": [{"role": "user", "content": "Lima?"}],
    "response": RESPONSE,
    "model_parameters": {"temperature": 0.5, "tools": [{"type": "function", "function": {"name": "weather"}}]},
}
SPEND = {
    "request_id": "chatcmpl-1",
    "call_type": "acompletion",
    "api_key": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
    "spend": 0.25,
    "startTime": "2026-01-01T00:00:00+00:00",
    "endTime": "2026-01-01T00:00:02+00:00",
    "completionStartTime": "2026-01-01T00:00:00.5+00:00",
    "model": "gpt-4o",
    "custom_llm_provider": "openai",
    "messages": "{}",
    "response": json.dumps(RESPONSE),
    "proxy_server_request": json.dumps({"model": "gpt", "messages": [{"role": "user", "content": "Lima?"}]}),
}


def load(value):
    return viewer.load(json.dumps(value).encode(), "litellm.json")


@pytest.mark.parametrize(
    "value",
    [
        PAYLOAD,
        [PAYLOAD],
        {"data": [PAYLOAD]},
        {"standard_logging_object": PAYLOAD, "user": "x"},
        [SPEND],
        {"data": [SPEND]},
    ],
    ids=["payload", "list", "data", "logger", "spend logs", "spend data"],
)
def test_a_logged_call_has_its_response_messages_and_times(value):
    loaded = load(value)
    interaction, answer = loaded.interactions[0], loaded.answers[0]
    assert (loaded.format, answer.text, answer.usage.total, answer.protocol) == (
        "litellm-log",
        "Hello",
        91,
        "openai-chat",
    )
    assert json.loads(interaction.response.body) == RESPONSE
    assert (interaction.times.first_s, interaction.times.whole_s) == (0.5, 2.0)
    asked = conversation_of(interaction, None)
    assert [(one.role, one.parts[0].text) for one in asked.messages] == [("user", "Lima?")]
    assert any("By LiteLLM's own prices, 1 call costs $0.25." in problem.message for problem in loaded.problems)


def test_the_request_is_in_the_form_of_the_endpoint():
    loaded = load(PAYLOAD)
    assert loaded.interactions[0].request.url == "https://api.openai.com/v1"
    assert json.loads(loaded.interactions[0].request.body) == {
        "model": "gpt-4o",
        "messages": PAYLOAD["messages"],
        **PAYLOAD["model_parameters"],
    }
    assert loaded.session.id == "S"
    of_responses = load({**PAYLOAD, "call_type": "aresponses"})
    assert "input" in json.loads(of_responses.interactions[0].request.body)


def test_a_call_that_was_not_streamed_has_no_first_chunk():
    # LiteLLM writes the end as the start of the completion.
    loaded = load({**PAYLOAD, "completionStartTime": PAYLOAD["endTime"]})
    assert loaded.interactions[0].times.first_s is None


def test_a_failed_call_is_an_error_with_its_status():
    error = {"error_code": "429", "error_class": "RateLimitError", "error_message": "slow down", "traceback": "File …"}
    loaded = load({**PAYLOAD, "status": "failure", "response": {}, "error_str": "x", "error_information": error})
    assert (loaded.answers[0].error.message, loaded.answers[0].error.type) == ("slow down", "RateLimitError")
    assert loaded.interactions[0].response.status == 429
    assert any("answered 429: slow down" in problem.message for problem in loaded.problems)


def test_lines_that_are_cut_off_are_read_up_to_there():
    lines = "".join(json.dumps({**PAYLOAD, "litellm_call_id": name}) + "\n" for name in "abc")
    loaded = viewer.load(lines[:-60].encode())
    assert [answer.text for answer in loaded.answers.values()] == ["Hello", "Hello"]


def test_a_field_of_any_type_is_no_exception():
    for one in (PAYLOAD, SPEND):
        for name in one:
            for odd in (None, 5, "x", "{", [], {}, [[]], [{}], {"error_message": []}, True):
                load([one, {**one, name: odd}]).answers  # noqa: B018 - computed on access


@pytest.mark.parametrize(
    "other", [{"call_type": "completion", "startTime": 1}, {"call_type": 5, "spend": 1, "startTime": 1}]
)
def test_other_objects_are_not_claimed(other):
    with pytest.raises(viewer.CassetteError):
        load(other)
