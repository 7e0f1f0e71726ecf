"""The attributes are those that the libraries wrote for the same talk with a model: the versions stand beside each."""

import json

import pytest

import viewer
from tests.support.spans import export, log, span
from viewer.conversation.conversation import conversation_of
from viewer.redaction.files import redact_bytes

QUESTION, TEXT = "Is it warmer in Lima?", "It is warmer in Lima."
SYSTEM = "Be brief."
USAGE = {"gen_ai.usage.input_tokens": 84, "gen_ai.usage.output_tokens": 7, "gen_ai.usage.cache_read.input_tokens": 10}
INPUT = [
    {"role": "system", "parts": [{"content": SYSTEM, "type": "text"}]},
    {"role": "user", "parts": [{"content": QUESTION, "type": "text"}]},
]
OUTPUT = [{"role": "assistant", "parts": [{"content": TEXT, "type": "text"}], "finish_reason": "stop"}]
# opentelemetry-instrumentation-openai 0.62.4
CONVENTIONS = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.input.messages": json.dumps(INPUT),
    "gen_ai.tool.definitions": json.dumps([{"type": "function", "name": "weather", "parameters": {"type": "object"}}]),
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.finish_reasons": ["stop"],
    **USAGE,
    "gen_ai.output.messages": json.dumps(OUTPUT),
}
# opentelemetry-instrumentation-openai 0.40.14
OPENLLMETRY = {
    "llm.request.type": "chat",
    "gen_ai.system": "OpenAI",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": SYSTEM,
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": QUESTION,
    "llm.request.functions.0.name": "weather",
    "llm.request.functions.0.parameters": '{"type": "object"}',
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "llm.usage.total_tokens": 91,
    "gen_ai.usage.completion_tokens": 7,
    "gen_ai.usage.prompt_tokens": 84,
    "gen_ai.usage.cache_read_input_tokens": 10,
    "gen_ai.completion.0.finish_reason": "stop",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": TEXT,
}
# openinference-instrumentation-openai 0.1.66, without the values of the whole request and response
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.system": "openai",
    "llm.tools.0.tool.json_schema": '{"type": "function", "function": {"name": "weather"}}',
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": SYSTEM,
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": QUESTION,
    "llm.model_name": "gpt-4o-2024-08-06",
    "llm.token_count.prompt": 84,
    "llm.token_count.completion": 7,
    "llm.token_count.total": 91,
    "llm.token_count.prompt_details.cache_read": 10,
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": TEXT,
    "llm.finish_reason": "stop",
}
# ai 5.0.277
AI_SDK = {
    "ai.operationId": "ai.streamText.doStream",
    "ai.model.provider": "openai.chat",
    "ai.prompt.messages": json.dumps(
        [{"role": "system", "content": SYSTEM}, {"role": "user", "content": [{"type": "text", "text": QUESTION}]}]
    ),
    "ai.prompt.tools": ['{"type":"function","name":"weather","inputSchema":{"type":"object"}}'],
    "gen_ai.system": "openai.chat",
    "ai.response.msToFirstChunk": 250.0,
    "ai.response.finishReason": "stop",
    "ai.response.text": TEXT,
    "ai.response.model": "gpt-4o-2024-08-06",
    "ai.usage.inputTokens": 84,
    "ai.usage.outputTokens": 7,
    "ai.usage.cachedInputTokens": 10,
}
# langfuse 5.0.4
LANGFUSE = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.input": json.dumps(
        {
            "tools": [{"type": "function", "function": {"name": "weather"}}],
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}],
        }
    ),
    "langfuse.observation.output": json.dumps({"role": "assistant", "content": TEXT, "finish_reason": "stop"}),
    "langfuse.observation.model.name": "gpt-4o-2024-08-06",
    "langfuse.observation.usage_details": json.dumps(
        {"completion_tokens": 7, "prompt_tokens": 84, "prompt_tokens_details": {"cached_tokens": 10}}
    ),
}
ALL = [CONVENTIONS, OPENLLMETRY, OPENINFERENCE, AI_SDK, LANGFUSE]


def only_answer(data):
    loaded = viewer.load(data, "trace.json")
    (answer,) = loaded.answers.values()
    return loaded, answer


def said(interaction):
    return [(one.role, part.text) for one in conversation_of(interaction, None).messages for part in one.parts]


@pytest.mark.parametrize("values", ALL, ids=["conventions", "openllmetry", "openinference", "ai-sdk", "langfuse"])
def test_a_span_of_each_library_is_the_same_call(values):
    loaded, answer = only_answer(export(span(values)))
    assert (loaded.format, loaded.streams) == ("otlp", [])
    assert (answer.text, answer.model, answer.provider) == (TEXT, "gpt-4o-2024-08-06", "openai")
    assert answer.finish_reason == "stop"
    assert (answer.usage.input, answer.usage.output, answer.usage.cache_read) == (84, 7, 10)
    (interaction,) = loaded.interactions
    assert said(interaction) == [("system", SYSTEM), ("user", QUESTION)]
    assert [tool.name for tool in conversation_of(interaction, None).tools] == ["weather"]
    times = interaction.times
    assert (times.started.epoch_s, times.whole_s, times.arrivals) == (1_760_000_000.0, pytest.approx(1.0), None)
    assert times.first_s == (0.25 if values is AI_SDK else None)
    assert answer.cost.usd == pytest.approx(0.0002675), "the price of the day of the span"


def test_the_provider_s_own_request_and_response_are_kept_as_they_are():
    request = {"model": "gpt-4o", "messages": [{"role": "user", "content": QUESTION}], "temperature": 0.5}
    response = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": TEXT}}],
        "usage": {"prompt_tokens": 84, "completion_tokens": 7, "total_tokens": 91},
    }
    values = {"input.value": json.dumps(request), "output.value": json.dumps(response)}
    loaded, answer = only_answer(export(span({**OPENINFERENCE, **values})))
    assert answer.protocol == "openai-chat"
    assert json.loads(loaded.interactions[0].request.body) == request
    assert json.loads(loaded.interactions[0].response.body) == response


@pytest.mark.parametrize(
    "event", ["First Token Stream Event", "ai.stream.firstChunk", "gen_ai.content.completion.chunk"]
)
def test_the_first_chunk_is_the_event_that_marks_it(event):
    loaded, _ = only_answer(export(span(CONVENTIONS, events=[("other", {}), (event, {}), (event, {})])))
    assert loaded.interactions[0].times.first_s == pytest.approx(0.2, abs=1e-5)


CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": TEXT}}
CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 84}


@pytest.mark.parametrize(
    "data",
    [
        # opentelemetry-instrumentation-openai-v2 2.1b0
        export(span(CALL), logs=[log("gen_ai.user.message", {"content": QUESTION}), log("gen_ai.choice", CHOICE)]),
        export(span(CALL))
        + b"\n"
        + export(logs=[log("gen_ai.user.message", {"content": QUESTION}), log("gen_ai.choice", CHOICE)])
        + b"\n",
        export(
            span(
                CALL,
                events=[
                    ("gen_ai.user.message", {"content": QUESTION}),
                    ("gen_ai.choice", {"finish_reason": "stop", "message": json.dumps(CHOICE["message"])}),
                ],
            )
        ),
        export(
            span(
                CALL,
                events=[
                    (
                        "gen_ai.client.inference.operation.details",
                        {"gen_ai.input.messages": INPUT[1:], "gen_ai.output.messages": OUTPUT},
                    )
                ],
            )
        ),
        export(
            span(
                {
                    **CALL,
                    "events": json.dumps(
                        [
                            {"event.name": "gen_ai.user.message", "content": QUESTION, "role": "user"},
                            {"event.name": "gen_ai.choice", **CHOICE},
                        ]
                    ),
                }
            )
        ),
    ],
    ids=["logs", "logs in lines", "events", "details", "pydantic-ai"],
)
def test_messages_are_also_read_from_events_and_log_records(data):
    loaded, answer = only_answer(data)
    assert (answer.text, answer.finish_reason, answer.usage.input) == (TEXT, "stop", 84)
    assert said(loaded.interactions[0]) == [("user", QUESTION)]


def test_log_records_without_their_span_are_a_call_without_times():
    loose = {**log("gen_ai.choice", CHOICE), "spanId": ""}
    loaded, answer = only_answer(export(logs=[log("gen_ai.choice", CHOICE), loose]))
    assert answer.text == TEXT
    assert loaded.interactions[0].times.whole_s is None
    assert any("1 log record without a span" in problem.message for problem in loaded.problems)


def test_what_the_console_exporter_prints_is_read():
    # opentelemetry-sdk 1.45: JSON objects after one another
    printed = {
        "name": "chat gpt-4o",
        "context": {"trace_id": "0x01", "span_id": "0x02", "trace_state": "[]"},
        "kind": "SpanKind.CLIENT",
        "parent_id": None,
        "start_time": "2025-10-09T08:53:20.000000Z",
        "end_time": "2025-10-09T08:53:22.000000Z",
        "status": {"status_code": "UNSET"},
        "attributes": CONVENTIONS,
        "events": [],
    }
    text = json.dumps(printed, indent=4) + "\n"
    loaded = viewer.load((text + text.replace("0x02", "0x03")).encode(), "console.txt")
    assert [answer.text for answer in loaded.answers.values()] == [TEXT, TEXT]
    assert [one.times.whole_s for one in loaded.interactions] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({"server.address": "api.openai.com", "server.port": 443}, "https://api.openai.com"),
        ({"server.address": "localhost", "server.port": 8080}, "//localhost:8080"),
        ({"gen_ai.openai.api_base": "https://api.openai.com/v1/"}, "https://api.openai.com/v1/"),
        ({}, ""),
    ],
)
def test_the_address_is_what_the_span_says(values, url):
    loaded, _ = only_answer(export(span({**CONVENTIONS, **values})))
    assert loaded.interactions[0].request.url == url


def test_a_failed_call_is_an_error_with_its_message():
    exception = ("exception", {"exception.type": "openai.BadRequestError", "exception.message": "too long"})
    failed = span(CALL, events=[exception], status={"code": 2, "message": "Error"})
    _, answer = only_answer(export(failed))
    assert (answer.error.message, answer.error.type) == ("too long", "openai.BadRequestError")
    _, answer = only_answer(export(span(CALL, status={"code": 2, "message": "Error"})))
    assert answer.error.message == "Error"


def test_an_attribute_that_is_named_status_is_no_failure():
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f", "gen_ai.tool.call.id": "c1"}
    call = [{"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "f", "arguments": {}}]}]
    loaded, answer = only_answer(
        export(
            span({**CALL, "gen_ai.output.messages": json.dumps(call), "status": "ok"}),
            span({**tool, "status": "ok"}, own=2, begin_s=2),
        )
    )
    assert answer.error is None
    assert [run.is_error for run in loaded.session.tool_runs] == [False]


def test_agents_tools_and_turns_are_the_nesting_of_the_spans():
    call = [{"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "weather", "arguments": {}}]}]
    agent = {"gen_ai.operation.name": "invoke_agent"}
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather", "gen_ai.tool.call.id": "c1"}
    loaded = viewer.load(
        export(
            # In the order of their ends, as they are exported.
            span({**CALL, "gen_ai.output.messages": json.dumps(call)}, own=2, parent=1, begin_s=1),
            span(CALL, own=5, parent=4, begin_s=3),
            span({**agent, "gen_ai.agent.name": "Helper"}, own=4, parent=3, begin_s=3),
            span(tool, own=3, parent=1, begin_s=2.5, length_s=2),
            span({**agent, "gen_ai.agent.name": "Guide"}, own=1, begin_s=0, length_s=6),
            span({"http.method": "GET"}, "GET /", own=7, begin_s=9),
            span(CALL, own=8, trace=2, parent=9, begin_s=10),
            span({**agent, "gen_ai.agent.name": "Guide"}, own=9, trace=2, begin_s=9, length_s=3),
        )
    )
    session = loaded.session
    assert session.program == "OpenTelemetry"
    assert [(agent.name, agent.parent) for agent in session.agents] == [("Guide", None), ("Helper", 0)]
    assert [(place.agent, place.turn) for place in session.calls] == [(0, 0), (1, 0), (0, 1)]
    assert [turn.asked.epoch_s - 1_760_000_000 for turn in session.turns] == [0, 9]
    (run,) = session.tool_runs
    assert (run.interaction, run.call_id, run.ran_s) == (0, "c1", pytest.approx(2, abs=1e-5))
    assert run.returned.epoch_s - 1_760_000_000 == pytest.approx(4.5)
    notes = [problem.message for problem in loaded.problems if problem.severity == "note"]
    assert any("3 calls without chunks" in note for note in notes)
    assert any("1 span of the trace is neither" in note and "GET /" in note for note in notes)


def test_a_call_within_a_call_is_counted_once():
    outer = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
    loaded = viewer.load(
        export(span(outer, own=1), span({}, "http", own=2, parent=1), span(CONVENTIONS, own=3, parent=2))
    )
    assert [answer.text for answer in loaded.answers.values()] == [TEXT]


def test_the_two_spans_of_a_stream_of_logfire_are_one_call():
    # logfire 5.4.0
    request = {name: value for name, value in CONVENTIONS.items() if name != "gen_ai.output.messages"}
    stream = {**CONVENTIONS, "logfire.span_type": "log", "duration": 2.5}
    spans = [
        span({**request, "logfire.span_type": "span"}, own=1),
        span(stream, own=2, trace=2, begin_s=3, length_s=0),
    ]
    loaded, answer = only_answer(export(*spans))
    assert answer.text == TEXT
    assert loaded.interactions[0].times.whole_s == pytest.approx(3)


def test_a_session_that_does_not_have_a_place_for_each_call_is_left_out():
    three = export(*(span(CONVENTIONS, own=own) for own in (1, 2, 3)))
    assert len(viewer.load(three).session.calls) == 3
    assert viewer.load(three, limits=viewer.Limits(interactions=2)).session is None


def test_a_trace_without_a_call_is_refused_with_what_it_holds():
    with pytest.raises(viewer.CassetteError, match="holds 1 span, but no call of a model") as refused:
        viewer.load(export(span({"http.method": "GET"}, "GET /")))
    assert "docs/traces.md" in refused.value.advice


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], {}, [[]], {"key": 1}, [{"key": "gen_ai.input.messages"}], True, 1e308]
)
@pytest.mark.parametrize(
    "field", ["attributes", "events", "status", "traceId", "startTimeUnixNano", "name", "parentSpanId"]
)
def test_a_field_of_any_type_is_no_exception(field, odd):
    good = span(CONVENTIONS)
    loaded = viewer.load(export({**span(CONVENTIONS, own=2), field: odd}, good))
    assert TEXT in [answer.text for answer in loaded.answers.values()]


@pytest.mark.parametrize(
    "odd", [None, 5, "{", "[1", [], {}, [[]], [None, 5, {"parts": 5}], [{"parts": [5, {"type": []}]}]]
)
@pytest.mark.parametrize("name", CONVENTIONS)
def test_an_attribute_of_any_type_is_no_exception(name, odd):
    values = {**CONVENTIONS, "gen_ai.operation.name": "chat", name: odd}
    held = [{"key": key, "value": {"stringValue": value} if value is odd else value} for key, value in values.items()]
    viewer.load(export(span(CONVENTIONS, attributes=held))).answers  # noqa: B018 - computed on access


def test_a_file_that_is_cut_off_is_read_up_to_there():
    lines = export(span(CONVENTIONS)) + b"\n" + export(span(CONVENTIONS, own=2)) + b"\n"
    assert len(viewer.load(lines[:-40]).interactions) >= 1
    whole = export(span(CONVENTIONS), span(CONVENTIONS, own=2))
    loaded = viewer.load(whole[:-200])
    assert loaded.answers[0].text == TEXT
    assert any(problem.severity == "warning" for problem in loaded.problems)


def test_a_secret_in_messages_is_redacted_in_the_file():
    key = "sk-proj-abcDEF1234567890abcDEF1234567890abcDEF12"
    values = {
        name: value.replace(QUESTION, key) if isinstance(value, str) else value for name, value in CONVENTIONS.items()
    }
    redacted = redact_bytes(export(span(values)), "trace.json")
    assert key.encode() not in redacted
    assert viewer.load(redacted).answers[0].text == TEXT
