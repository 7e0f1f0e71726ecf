"""Runs in the shapes that langsmith 0.15.1 and langchain-core 1.8.3 sent to a server, and older ones with tokens in their events."""

import json

import pytest

import viewer
from viewer.conversation.conversation import conversation_of
from viewer.redaction.files import redact_bytes

TIMES = {"start_time": "2026-01-01T00:00:00.000000+00:00", "end_time": "2026-01-01T00:00:02.000000+00:00"}
WRAPPED = {
    **TIMES,
    "id": "w",
    "trace_id": "g",
    "parent_run_id": "g",
    "name": "ChatOpenAI",
    "run_type": "llm",
    "inputs": {"messages": [{"role": "user", "content": "Lima?"}], "model": "gpt-4o", "temperature": 0.5},
    "outputs": {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "gpt-4o-2024-08-06",
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "message": {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "c1",
                            "type": "function",
                            "function": {"name": "weather", "arguments": '{"city":"Lima"}'},
                        }
                    ],
                },
            }
        ],
        "usage_metadata": {
            "input_tokens": 84,
            "output_tokens": 7,
            "total_tokens": 91,
            "input_token_details": {"cache_read": 10},
            "output_token_details": {"reasoning": 0},
        },
    },
    "events": [],
    "extra": {"metadata": {"ls_provider": "openai", "ls_model_name": "gpt-4o"}},
}


def lc(name, **kwargs):
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", name], "kwargs": kwargs}


LANGCHAIN = {
    **TIMES,
    "id": "l",
    "trace_id": "l",
    "name": "ChatAnthropic",
    "run_type": "llm",
    "inputs": {
        "messages": [
            [lc("SystemMessage", content="Be brief.", type="system"), lc("HumanMessage", content="Hi", type="human")]
        ]
    },
    "outputs": {
        "generations": [
            [
                {
                    "text": "Hello",
                    "type": "ChatGeneration",
                    "message": lc(
                        "AIMessage",
                        content=[{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hello"}],
                        type="ai",
                        tool_calls=[{"name": "weather", "args": {"city": "Lima"}, "id": "t1", "type": "tool_call"}],
                        usage_metadata={"input_tokens": 5, "output_tokens": 3, "total_tokens": 8},
                        response_metadata={"model_name": "claude-sonnet-4-5", "stop_reason": "tool_use"},
                    ),
                }
            ]
        ],
        "llm_output": None,
    },
    "events": [
        {"name": "start", "time": "2026-01-01T00:00:00.000000+00:00"},
        {"name": "new_token", "time": "2026-01-01T00:00:00.500000+00:00"},
        {"name": "end", "time": "2026-01-01T00:00:02.000000+00:00"},
    ],
    "total_cost": "0.25",
    "extra": {"invocation_params": {"model": "claude-sonnet-4-5", "tools": [{"name": "weather", "input_schema": {}}]}},
}
GUIDE = {**TIMES, "id": "g", "trace_id": "g", "name": "guide", "run_type": "chain", "inputs": {}, "outputs": {}}
WEATHER = {
    **TIMES,
    "id": "t",
    "trace_id": "g",
    "parent_run_id": "g",
    "name": "weather",
    "run_type": "tool",
    "start_time": "2026-01-01T00:00:02.500000+00:00",
    "end_time": "2026-01-01T00:00:04.500000+00:00",
    "inputs": {"city": "Lima"},
    "outputs": {"output": "21"},
}


def token(text, at, **kwargs):
    return {"name": "new_token", "time": f"2026-01-01T00:00:0{at}", "kwargs": {"token": text, **kwargs}}


STREAMED = {
    **TIMES,
    "id": "s",
    "trace_id": "s",
    "name": "ChatOpenAI",
    "run_type": "llm",
    "inputs": {"messages": [{"role": "user", "content": "Hi"}], "model": "gpt-4o"},
    "outputs": {
        "choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}],
        "usage_metadata": {"output_tokens": 2},
    },
    "events": [token("Hel", "0.5"), token("lo", "0.75")],
}


def load(*runs):
    return viewer.load("".join(json.dumps(run) + "\n" for run in runs).encode(), "runs.jsonl")


def test_a_wrapped_client_s_run_has_the_provider_s_request_and_the_counts_of_langsmith():
    loaded = load(WRAPPED)
    answer = loaded.answers[0]
    assert json.loads(loaded.interactions[0].request.body) == WRAPPED["inputs"]
    assert [(call.id, call.name, call.arguments) for call in answer.tool_calls] == [
        ("c1", "weather", '{"city":"Lima"}')
    ]
    assert (answer.model, answer.provider, answer.finish_reason) == ("gpt-4o-2024-08-06", "openai", "tool_calls")
    assert (answer.usage.input, answer.usage.output, answer.usage.cache_read) == (84, 7, 10)
    assert loaded.interactions[0].times.whole_s == 2.0


def test_a_response_with_its_own_usage_is_kept_as_it_is():
    outputs = {**WRAPPED["outputs"], "usage": {"prompt_tokens": 84, "completion_tokens": 7, "total_tokens": 91}}
    loaded = load({**WRAPPED, "outputs": outputs})
    assert json.loads(loaded.interactions[0].response.body) == outputs
    assert loaded.answers[0].protocol == "openai-chat"


def test_a_wrapped_call_of_the_responses_api_has_its_text_reasoning_and_calls():
    output = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]},
        {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
    ]
    usage = WRAPPED["outputs"]["usage_metadata"]
    answer = load({**WRAPPED, "outputs": {"object": "response", "output": output, "usage_metadata": usage}}).answers[0]
    assert (answer.text, answer.reasoning, answer.usage.input) == ("Hello", "hm", 84)
    assert [(call.id, call.name) for call in answer.tool_calls] == [("c1", "weather")]


def test_a_run_of_langchain_has_its_messages_counts_cost_and_first_token():
    loaded = load(LANGCHAIN)
    answer, interaction = loaded.answers[0], loaded.interactions[0]
    assert (answer.text, answer.reasoning, answer.finish_reason) == ("Hello", "hm", "tool_use")
    assert [(call.id, call.name, call.arguments) for call in answer.tool_calls] == [
        ("t1", "weather", '{"city":"Lima"}')
    ]
    assert (answer.model, answer.usage.input, answer.usage.total) == ("claude-sonnet-4-5", 5, 8)
    assert (answer.cost.usd, answer.cost.source) == (0.25, "as LangSmith states it in `total_cost`")
    asked = conversation_of(interaction, None)
    assert [(one.role, one.parts[0].text) for one in asked.messages] == [("system", "Be brief."), ("user", "Hi")]
    assert [tool.name for tool in asked.tools] == ["weather"]
    assert interaction.times.first_s == 0.5


def test_tokens_with_their_times_are_a_stream_with_measured_times():
    (stream,) = load(STREAMED).streams
    assert (stream.text(), stream.finish_reason, stream.usage.output) == ("Hello", "stop", 2)
    content = stream.chunks[stream.chunks.kind == "content"]
    assert stream.timing.grade == "measured"
    assert [*content.t] == pytest.approx([0.5, 0.75])
    assert stream.metrics["ttft"].value == pytest.approx(0.5)
    assert stream.metrics["stream_time"].value == pytest.approx(0.25), "the end of the run is no chunk"
    assert stream.complete


def test_tokens_that_are_not_all_of_the_answer_are_no_stream():
    loaded = load({**STREAMED, "outputs": {"choices": [{"message": {"content": "Hello you"}}]}})
    assert (loaded.streams, loaded.answers[0].text) == ([], "Hello you")
    assert loaded.interactions[0].times.first_s == 0.5


def test_chunks_of_the_provider_in_the_events_are_its_stream():
    def chunk(text, **fields):
        return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}, **fields}]}

    events = [token("", "0.5", chunk=chunk("Hel")), token("", "0.75", chunk=chunk("lo", finish_reason="stop"))]
    (stream,) = load({**STREAMED, "events": events}).streams
    assert (stream.protocol, stream.text(), stream.timing.grade) == ("openai-chat", "Hello", "measured")


@pytest.mark.parametrize("events", [[token("Hel", "0.5"), {"name": "new_token"}], [token("Hel", "x")], [5, None]])
def test_tokens_without_a_time_are_no_stream(events):
    loaded = load({**STREAMED, "events": events})
    assert loaded.streams == []
    assert loaded.answers[0].text == "Hello"


def test_children_are_found_in_their_parent_or_by_its_id():
    nested = {**GUIDE, "child_runs": [{**WRAPPED, "parent_run_id": None, "child_runs": []}, WEATHER]}
    for loaded in (
        load(GUIDE, WEATHER, WRAPPED),
        viewer.load(json.dumps(nested).encode()),
        viewer.load(json.dumps({"runs": [nested]}).encode()),
    ):
        assert loaded.format == "langsmith"
        (run,) = loaded.session.tool_runs
        assert (run.interaction, run.call_id, run.ran_s) == (0, "c1", 2.0), "found by its name"
        assert any("1 × guide" in problem.message for problem in loaded.problems)


def test_a_tool_of_two_calls_with_one_name_is_told_by_its_arguments():
    call = WRAPPED["outputs"]["choices"][0]["message"]["tool_calls"][0]
    other = {**call, "id": "c2", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
    choice = {"index": 0, "message": {"role": "assistant", "tool_calls": [call, other]}}
    both = {**WRAPPED, "outputs": {"choices": [choice], "usage_metadata": {}}}
    (run,) = load(both, {**WEATHER, "inputs": {"city": "Oslo"}}).session.tool_runs
    assert run.call_id == "c2"
    assert load(both, {**WEATHER, "inputs": {"city": "Rome"}}).session.tool_runs == ()


def test_an_agent_of_langchain_is_an_agent():
    agent = {**GUIDE, "name": "Helper", "extra": {"metadata": {"lc_agent_name": "Helper", "thread_id": "T"}}}
    loaded = load(agent, {**WRAPPED, "extra": {"metadata": {"lc_agent_name": "Helper", "thread_id": "T"}}})
    assert [one.name for one in loaded.session.agents] == ["Helper"]
    assert loaded.session.id == "T"


def test_the_error_of_a_run_is_shown_without_its_traceback():
    error = "BadRequestError('too long')\n\nTraceback (most recent call last):\n  File …"
    answer = load({**WRAPPED, "outputs": {"output": None}, "error": error}).answers[0]
    assert answer.error.message == "BadRequestError('too long')"


def test_what_traceable_gathers_from_a_generator_is_one_text():
    loaded = load(
        {
            **TIMES,
            "id": "x",
            "run_type": "llm",
            "name": "gen",
            "inputs": {"p": "hi"},
            "outputs": {"output": ["Hel", "lo"]},
        }
    )
    assert loaded.answers[0].text == "Hello"


@pytest.mark.parametrize("run", [WRAPPED, LANGCHAIN, STREAMED], ids=["wrapped", "langchain", "streamed"])
def test_a_field_of_any_type_is_no_exception(run):
    for name in run:
        for odd in (None, 5, "x", [], {}, [[]], [{}], {"messages": 5}, {"generations": [5]}, {"choices": [[]]}):
            changed = {**run, name: odd}
            if isinstance(changed["run_type"], str):
                load({**run, "id": "good"}, changed).answers  # noqa: B018 - computed on access


def test_a_file_of_other_runs_is_not_claimed():
    for other in ({"run_type": 5, "inputs": {}}, {"run_type": "llm"}, {"a": '"run_type"'}):
        with pytest.raises(viewer.CassetteError):
            viewer.load(json.dumps(other).encode())


def test_a_secret_that_is_split_over_tokens_is_redacted_in_the_file():
    key = "sk-proj-abcDEF1234567890abcDEF1234567890abcDEF12"
    events = [token(key[:20], "0.5"), token(key[20:], "0.75")]
    run = {**STREAMED, "events": events, "outputs": {}}
    redacted = redact_bytes(json.dumps(run).encode(), "run.json")
    assert key[:20].encode() not in redacted
    assert key[20:].encode() not in redacted
