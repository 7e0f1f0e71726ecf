"""Observations in the shapes of Langfuse's API (langfuse 5.0.4: ObservationV2, and the traces of version 2 and 3)."""

import json

import pytest

import viewer
from viewer.conversation.conversation import conversation_of

GENERATION = {
    "id": "o1",
    "traceId": "t1",
    "type": "GENERATION",
    "name": "chat",
    "startTime": "2026-01-01T00:00:00.000Z",
    "endTime": "2026-01-01T00:00:02.000Z",
    "completionStartTime": "2026-01-01T00:00:00.500Z",
    "model": "gpt-4o",
    "modelParameters": {"temperature": 0.5},
    "input": [{"role": "user", "content": "Lima?"}],
    "output": {"role": "assistant", "content": "Hello"},
    "level": "DEFAULT",
    "usageDetails": {"input": 74, "input_cached_tokens": 10, "output": 7, "total": 91},
    "costDetails": {"input": 0.1, "output": 0.2, "total": 0.3},
}
SNAKE = {
    "id": "o1",
    "trace_id": "t1",
    "type": "GENERATION",
    "start_time": "2026-01-01 00:00:00.000",
    "end_time": "2026-01-01 00:00:02.000",
    "completion_start_time": "2026-01-01 00:00:00.500",
    "provided_model_name": "gpt-4o",
    "input": '[{"role": "user", "content": "Lima?"}]',
    "output": '{"role": "assistant", "content": "Hello"}',
    "usage_details": '{"input": 74, "input_cached_tokens": 10, "output": 7, "total": 91}',
    "cost_details": '{"total": 0.3}',
}
TRACE = {"id": "t1", "name": "guide", "timestamp": "2026-01-01T00:00:00.000Z", "sessionId": "S", "htmlPath": "/x"}


def load(value):
    return viewer.load(json.dumps(value).encode(), "export.json")


@pytest.mark.parametrize(
    "value",
    [
        [GENERATION],
        {"data": [GENERATION], "meta": {"cursor": None}},
        {**TRACE, "observations": [GENERATION]},
        [{**TRACE, "observations": [GENERATION]}],
        {"trace": TRACE, "observations": [GENERATION]},
        [SNAKE],
        {"data": [SNAKE]},
    ],
    ids=["list", "api", "trace", "traces", "interface", "blob storage", "snake"],
)
def test_a_generation_of_every_export_is_the_same_call(value):
    loaded = load(value)
    answer, times = loaded.answers[0], loaded.interactions[0].times
    assert (loaded.format, answer.text, answer.model, answer.provider) == ("langfuse", "Hello", "gpt-4o", "openai")
    assert (times.first_s, times.whole_s, times.started.epoch_s) == (0.5, 2.0, 1767225600.0)
    assert (answer.usage.input, answer.usage.output, answer.usage.total, answer.usage.cache_read) == (84, 7, 91, 10)
    assert (answer.cost.usd, answer.cost.source) == (0.3, "as Langfuse states it in `total_cost`")
    asked = conversation_of(loaded.interactions[0], None)
    assert [(one.role, one.parts[0].text) for one in asked.messages] == [("user", "Lima?")]


def test_one_observation_a_line_opens_too():
    lines = "".join(json.dumps({**GENERATION, "id": name}) + "\n" for name in "abc")
    loaded = viewer.load((lines + lines[:90]).encode(), "observations.jsonl")
    assert [answer.text for answer in loaded.answers.values()] == ["Hello"] * 3
    assert any("not JSON" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    ("details", "counts"),
    [
        ({"input": 84, "input_cached_tokens": 10, "output": 7, "total": 91}, (84, 7, 91)),
        ({"input": 10, "output": 5}, (10, 5, None)),
        ({"prompt_tokens": 84, "completion_tokens": 7, "total_tokens": 91}, (84, 7, 91)),
    ],
    ids=["overlapping", "without a total", "as OpenAI counts"],
)
def test_buckets_are_added_up_only_if_they_make_the_total(details, counts):
    usage = load([{**GENERATION, "usageDetails": details}]).answers[0].usage
    assert (usage.input, usage.output, usage.total) == counts


def test_the_older_usage_object_is_read_if_there_are_no_details():
    one = {
        **GENERATION,
        "usageDetails": {},
        "costDetails": {},
        "usage": {"input": 10, "output": 5, "total": 15, "unit": "TOKENS"},
    }
    answer = load([one]).answers[0]
    assert (answer.usage.input, answer.usage.output, answer.usage.total) == (10, 5, 15)
    assert answer.cost.is_estimate


def test_the_provider_s_response_is_kept_as_it_is():
    response = {
        "object": "chat.completion",
        "model": "gpt-4o",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }
    loaded = load([{**GENERATION, "output": response}])
    assert json.loads(loaded.interactions[0].response.body) == response
    assert loaded.answers[0].protocol == "openai-chat"


def test_agents_and_tools_are_observations_of_their_types():
    call = {
        "role": "assistant",
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
    }
    agent = {**GENERATION, "id": "a", "type": "AGENT", "name": "Guide", "input": "x", "output": "y"}
    tool = {
        **agent,
        "id": "w",
        "type": "TOOL",
        "name": "weather",
        "parentObservationId": "a",
        "startTime": "2026-01-01T00:00:03Z",
        "endTime": "2026-01-01T00:00:04Z",
    }
    span = {**agent, "id": "s", "type": "SPAN", "name": "format"}
    loaded = load(
        {**TRACE, "observations": [agent, {**GENERATION, "parentObservationId": "a", "output": call}, tool, span]}
    )
    assert [one.name for one in loaded.session.agents] == ["Guide"]
    assert [(run.interaction, run.call_id, run.ran_s) for run in loaded.session.tool_runs] == [(0, "c1", 1.0)]
    assert loaded.session.id == "S"
    assert any("1 × format" in problem.message for problem in loaded.problems)


def test_a_failed_generation_is_an_error():
    answer = load(
        [{**GENERATION, "level": "ERROR", "statusMessage": "too long", "output": None, "usageDetails": {}}]
    ).answers[0]
    assert answer.error.message == "too long"


def test_a_field_of_any_type_is_no_exception():
    for name in GENERATION:
        for odd in (
            None,
            5,
            "x",
            "{",
            [],
            {},
            [[]],
            [{}],
            [None, 5],
            {"choices": [5]},
            {"messages": 5},
            {"input": "x"},
        ):
            try:
                load([GENERATION, {**GENERATION, name: odd}]).answers  # noqa: B018 - computed on access
            except viewer.CassetteError:
                assert name in ("type", "startTime")


@pytest.mark.parametrize(
    "other", [{"traceId": "t", "type": "GENERATION"}, {"observations": []}, {"type": "span", "race": 1}]
)
def test_other_objects_are_not_claimed(other):
    with pytest.raises(viewer.CassetteError, match="not a cassette"):
        load([other])
