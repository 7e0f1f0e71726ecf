"""OpenAI Realtime: a small stream for each rule."""

import json

import pytest

from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError, ToolCall


def load(*payloads, url=""):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    headers = Headers([("Content-Type", "application/x-ndjson")])
    body = "".join(f"{text}\n" for text in texts).encode()
    return read_stream(Interaction(Request("GET", url), Response(101, headers=headers, body=body)), 0)


def event(name, /, **fields):
    return {"type": name, "event_id": "e", **fields}


def session(name="created", model="gpt-realtime", **fields):
    return event(f"session.{name}", session={"type": "realtime", "model": model, **fields})


def part(name, item="m", /, **fields):
    return event(f"response.{name}", response_id="r", item_id=item, output_index=0, content_index=0, **fields)


def item(step, **fields):
    return event(f"response.output_item.{step}", response_id="r", output_index=0, item=fields)


def message(*parts, identity="m"):
    return {"id": identity, "type": "message", "role": "assistant", "content": list(parts)}


def call(arguments="", name="add", number=0):
    return {"id": f"i{number}", "type": "function_call", "call_id": f"c{number}", "name": name, "arguments": arguments}


def arguments(step, number=0, **fields):
    return part(f"function_call_arguments.{step}", f"i{number}", call_id=f"c{number}", **fields)


def heard(step, item_id="u", **fields):
    return event(f"conversation.item.input_audio_transcription.{step}", item_id=item_id, content_index=0, **fields)


def ended(*output, status="completed", details=None, usage=None, **fields):
    response = {"id": "r", "status": status, "status_details": details, "output": list(output), "usage": usage}
    return event("response.done", response=response, **fields)


CREATED = event("response.created", response={"id": "r", "status": "in_progress", "output": []})
USAGE = {
    "total_tokens": 205,
    "input_tokens": 41,
    "output_tokens": 164,
    "input_token_details": {"text_tokens": 15, "audio_tokens": 26, "cached_tokens": 8},
    "output_token_details": {"text_tokens": 40, "audio_tokens": 124, "reasoning_tokens": 17},
}


def kinds(stream):
    return list(stream.chunks["kind"])


@pytest.mark.parametrize(("name", "kind"), [("output_text", "output_text"), ("text", "text")])
def test_content_is_the_concatenated_deltas_and_whole_texts_add_nothing(name, kind):
    whole = message({"type": kind, "text": "Olá mundo"})
    stream = load(
        session(),
        event("rate_limits.updated", rate_limits=[]),
        CREATED,
        item("added", **message()),
        part("content_part.added", part={"type": "text", "text": ""}),
        part(f"{name}.delta", delta="Olá"),
        part(f"{name}.delta", delta=""),
        part(f"{name}.delta", delta=" mundo"),
        part(f"{name}.done", text="Olá mundo"),
        part("content_part.done", part={"type": "text", "text": "Olá mundo"}),
        item("done", **whole),
        ended(whole, usage=USAGE),
    )
    assert (stream.protocol, stream.model, stream.text()) == ("openai-realtime", "gpt-realtime", "Olá mundo")
    assert kinds(stream) == [
        *["other", "other", "start", "other", "other"],
        *["content", "silent", "content", "other", "other", "other", "finish", "usage"],
    ]
    assert (stream.finish_reason, stream.complete, stream.problems) == ("completed", True, [])
    assert stream.chunks["stamp"].isna().all()


@pytest.mark.parametrize("prefix", ["output_audio", "audio"])
def test_speech_is_audio_with_its_transcript_as_text(prefix):
    stream = load(
        session(),
        CREATED,
        part(f"{prefix}_transcript.delta", delta="Olá"),
        part(f"{prefix}.delta", delta="AAAA"),
        part(f"{prefix}_transcript.delta", delta=" mundo"),
        part(f"{prefix}.done"),
        part(f"{prefix}_transcript.done", transcript="Olá mundo"),
        ended(message({"type": prefix, "transcript": "Olá mundo"})),
    )
    assert (stream.text("audio"), stream.text()) == ("Olá mundo", "")
    assert kinds(stream) == ["other", "start", "audio", "audio", "audio", "other", "other", "finish"]


@pytest.mark.parametrize(
    "carrier",
    [
        part("output_text.done", text="whole"),
        item("done", **message({"type": "output_text", "text": "wh"}, {"type": "output_text", "text": "ole"})),
        ended(message({"type": "text", "text": "whole"})),
    ],
)
def test_text_without_deltas_is_read_from_the_events_that_repeat_it(carrier):
    stream = load(CREATED, part("output_text.delta", "before", delta="The "), carrier, ended())
    assert stream.text() == "The whole"


def test_final_items_without_an_id_add_nothing():
    nameless = {"type": "message", "content": [{"type": "output_text", "text": "once"}]}
    again = [CREATED, ended(nameless)]
    stream = load(CREATED, part("output_text.delta", delta="once"), ended(nameless), *again)
    assert stream.text() == "onceonce"


def test_responses_are_joined_and_the_last_one_gives_the_finish_reason():
    stream = load(
        session(),
        CREATED,
        part("output_text.delta", "a", delta="First."),
        ended(usage={"input_tokens": 1}),
        CREATED,
        part("output_text.delta", "b", delta=" Second."),
        ended(status="incomplete", usage={"input_tokens": 2}),
    )
    assert (stream.text(), stream.finish_reason, stream.usage.input) == ("First. Second.", "incomplete", 2)
    assert stream.complete


def test_a_response_without_an_end_is_not_complete():
    stream = load(session(), CREATED, ended(), CREATED, part("output_text.delta", delta="so far"))
    assert (stream.text(), stream.complete) == ("so far", False)
    assert "without a finish reason" in stream.problems[0].message


def test_parallel_responses_do_not_repeat_each_other():
    stream = load(
        CREATED,
        part("output_text.delta", "a", delta="one"),
        CREATED,
        part("output_text.delta", "b", delta=" two"),
        ended(message({"type": "output_text", "text": "one"}, identity="a")),
        ended(message({"type": "output_text", "text": " two"}, identity="b")),
    )
    assert stream.text() == "one two"


def test_tool_calls_are_assembled_in_order():
    stream = load(
        CREATED,
        item("added", **call()),
        event("conversation.item.added", item=call()),
        arguments("delta", delta='{"a"'),
        item("added", **call(name="mul", number=1)),
        arguments("delta", 1, delta="{}"),
        arguments("delta", delta=":1}"),
        arguments("done", name="add", arguments='{"a":1}'),
        item("done", **call('{"a":1}')),
        ended(call('{"a":1}'), call("{}", "mul", 1), call("[]", "late", 2)),
    )
    assert stream.tool_calls == [
        ToolCall("c0", "add", '{"a":1}', 0),
        ToolCall("c1", "mul", "{}", 0),
        ToolCall("c2", "late", "[]", 0),
    ]
    assert list(stream.chunks["tool"].dropna()) == [0, 0, 1, 1, 0, 2]


def test_a_call_is_identified_by_its_own_id_or_by_that_of_its_item():
    stream = load(
        CREATED,
        item("added", **call()),
        part("function_call_arguments.delta", "i0", delta="{"),
        event("response.function_call_arguments.delta", call_id="c0", delta="}"),
        event("response.function_call_arguments.done", call_id="c1", name="mul", arguments="[]"),
        event("response.function_call_arguments.delta", call_id="c2", delta="{}"),
        event("response.function_call_arguments.done", call_id="c2", name="now", arguments="{}"),
    )
    assert stream.tool_calls == [
        ToolCall("c0", "add", "{}", 0),
        ToolCall("c1", "mul", "[]", 0),
        ToolCall("c2", "now", "{}", 0),
    ]


def test_mcp_calls_are_tool_calls_but_calls_reported_by_the_client_are_not():
    of_server = {"id": "x", "type": "mcp_call", "name": "roll", "arguments": ""}
    stream = load(
        event("conversation.item.added", item=call("{}")),
        CREATED,
        item("added", **of_server),
        part("mcp_call_arguments.delta", "x", delta="{}"),
        ended(),
    )
    assert stream.tool_calls == [ToolCall("x", "roll", "{}", 0)]


def test_arguments_sent_as_an_object_are_written_as_json():
    assert load(CREATED, ended(call({"a": 1}))).tool_calls == [ToolCall("c0", "add", '{"a":1}', 0)]


def test_what_the_user_said_is_of_kind_other():
    stream = load(
        session(),
        event("input_audio_buffer.speech_started", item_id="u"),
        heard("delta", delta="Hello"),
        heard("delta", delta=" you"),
        heard("completed", transcript="Hello you", usage={"type": "duration", "seconds": 3}),
        CREATED,
        ended(),
    )
    assert (stream.text("other"), stream.text(), stream.usage) == ("Hello you", "", None)


def test_only_the_final_input_transcript_of_xai_is_read():
    stream = load(
        heard("updated", transcript="Hello?"),
        heard("completed", transcript="Hello?", status="in_progress"),
        heard("completed", transcript="Hello, you.", status="completed"),
    )
    assert stream.text("other") == "Hello, you."


@pytest.mark.parametrize(
    "configured",
    [
        event(
            "session.updated",
            session={"type": "transcription", "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}},
        ),
        event(
            "transcription_session.updated",
            session={"input_audio_transcription": {"model": "gpt-4o-transcribe"}},
        ),
    ],
)
def test_the_input_transcript_of_a_transcription_session_is_content(configured):
    usage = {"type": "tokens", "total_tokens": 35, "input_tokens": 26, "output_tokens": 9}
    stream = load(
        configured,
        heard("delta", delta="Hello"),
        heard("completed", transcript="Hello", usage={**usage, "input_tokens": 1}),
        heard("completed", "v", transcript=" again", usage=usage),
    )
    assert (stream.model, stream.text(), stream.complete) == ("gpt-4o-transcribe", "Hello again", True)
    assert kinds(stream) == ["other", "content", "finish", "usage", "content", "finish", "usage"]
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (26, 9, 35)


def test_a_translation_session_has_no_responses_and_ends_when_closed():
    events = [
        session(type="translation", model="gpt-realtime-translate"),
        event("session.input_transcript.delta", delta=" The", elapsed_ms=600),
        event("session.output_audio.delta", delta="AQID", elapsed_ms=200),
        event("session.output_transcript.delta", delta="La", elapsed_ms=2400),
        event("session.output_transcript.delta", delta=" rápida", elapsed_ms=2600),
    ]
    stream = load(*events, event("session.closed"))
    assert (stream.model, stream.text("audio"), stream.text("other")) == ("gpt-realtime-translate", "La rápida", " The")
    assert kinds(stream) == ["other", "other", "audio", "audio", "audio", "finish"]
    assert stream.complete
    assert not load(*events).complete


def test_usage_includes_cache_audio_and_reasoning():
    usage = load(CREATED, ended(usage=USAGE)).usage
    assert (usage.input, usage.output, usage.total, usage.reported) == (41, 164, 205, USAGE)
    assert (usage.cache_read, usage.reasoning, usage.audio_input, usage.audio_output) == (8, 17, 26, 124)
    assert [(check.name, check.passed) for check in usage.checks] == [
        ("total = input + output", True),
        ("reasoning ≤ output", True),
        ("cached ≤ input", True),
    ]


def test_usage_that_xai_sends_next_to_the_response_is_read():
    stream = load(CREATED, event("response.done", response={"status": "completed", "usage": {}}, usage=USAGE))
    assert stream.usage.reported == USAGE


def test_times_of_xai_are_stamps():
    stream = load(
        event("ping", timestamp=1785214084929),
        CREATED,
        part("output_audio.delta", delta="AAAA", ts=1785214086092),
        part("output_audio_transcript.delta", delta="Hi", ts=12, timestamp="soon"),
    )
    assert stream.chunks["stamp"].dropna().tolist() == [1785214084.929, 1785214086.092]
    assert kinds(stream) == ["keep_alive", "start", "audio", "audio"]


def test_a_failed_response_is_an_error():
    details = {"type": "failed", "error": {"type": "server_error", "code": "x", "message": "broken"}}
    stream = load(CREATED, part("output_text.delta", delta="so far"), ended(status="failed", details=details))
    assert stream.error == StreamError("broken", "server_error", "x")
    assert (stream.text(), stream.finish_reason, stream.complete) == ("so far", "failed", False)
    assert str(load(CREATED, ended(status="failed")).error) == "The response failed."


@pytest.mark.parametrize("reason", ["cancelled", "incomplete"])
def test_a_response_that_ends_early_has_its_status_as_finish_reason(reason):
    stream = load(CREATED, part("output_text.delta", delta="so far"), ended(status=reason, details={"reason": "x"}))
    assert (stream.finish_reason, stream.complete, stream.error) == (reason, True, None)


@pytest.mark.parametrize(
    "payload",
    [
        event("error", error={"type": "invalid_request_error", "code": "x", "message": "slow down"}),
        {"error": {"type": "invalid_request_error", "code": "x", "message": "slow down"}},
        heard("failed", error={"type": "invalid_request_error", "code": "x", "message": "slow down"}),
    ],
)
def test_an_error_is_read_and_the_connection_continues(payload):
    again = event("error", error={"message": "again"})
    stream = load(session(), payload, again, CREATED, part("output_text.delta", delta="still here"), ended())
    assert stream.error == StreamError("slow down", "invalid_request_error", "x")
    assert (stream.text(), stream.finish_reason) == ("still here", "completed")
    assert kinds(stream) == ["other", "error", "error", "start", "content", "finish"]


@pytest.mark.parametrize(
    ("payload", "url", "protocol"),
    [
        (event("response.created"), "", "openai-realtime"),
        ({"type": "response.created"}, "", "openai-responses"),
        ({"type": "input_audio_buffer.committed"}, "", "openai-realtime"),
        ({"type": "session.updated", "properties": {}}, "", "generic"),
        ({"error": {"message": "no"}}, "wss://api.openai.com/v1/realtime?model=gpt-realtime", "openai-realtime"),
    ],
)
def test_events_are_recognised_by_their_family_and_id_or_by_the_path(payload, url, protocol):
    assert load(payload, url=url).protocol == protocol


def test_a_truncated_stream_is_shown_and_reported():
    stream = load(CREATED, part("output_text.delta", delta="so far"), '{"type":"response.outp')
    assert (stream.text(), stream.complete) == ("so far", False)
    assert stream.problems


NESTED = "[" * 5000 + "]" * 5000
TEXTS = (
    "output_text",
    "text",
    "output_audio_transcript",
    "output_audio",
    "function_call_arguments",
    "mcp_call_arguments",
)


@pytest.mark.parametrize("odd", [None, 7, -1, 1e300, True, "text", [], [7, None], {}, {"a": []}])
def test_a_malformed_event_does_not_affect_others(odd):
    fields = dict.fromkeys(("delta", "text", "transcript", "arguments", "call_id", "name"), odd)
    payloads = [part(f"{name}.{step}", odd, **fields) for name in TEXTS for step in ("delta", "done", odd)]
    payloads += [heard(step, odd, delta=odd, transcript=odd, error=odd, usage=odd) for step in ("delta", "completed")]
    payloads += [
        event(f"response.output_item.{step}", item=content)
        for step in ("added", "done")
        for content in (odd, {**call(odd, odd), "id": odd, "call_id": odd}, {"type": odd, "content": odd})
    ]
    payloads += [
        ended(odd, call(odd, odd), message(odd, {"type": odd, "text": odd}, {"type": "text", "text": odd}), usage=odd),
        ended(status=odd, details=odd, usage={"input_tokens": odd, "output_tokens": odd, "total_tokens": odd}),
        event("response.done", response=odd),
        event("response.done", response={"output": odd, "status_details": {"error": odd}}, usage=odd),
        event("session.updated", session=odd),
        event("session.updated", session={"type": "realtime", "model": odd, "audio": odd}),
        event("error", error=odd),
        event(odd, ts=odd, timestamp=odd, session=odd),
        odd,
        f'{{"type":"response.output_text.delta","event_id":"e","delta":{NESTED}}}',
    ]
    stream = load(
        session(), CREATED, part("text.delta", "a", delta="still"), *payloads, part("text.delta", "b", delta=" here")
    )
    assert stream.protocol == "openai-realtime"
    assert stream.chunks["event"].nunique() == len(payloads) + 4
    if not isinstance(odd, str):
        assert (stream.text(), stream.text("audio")) == ("still here", "")


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (part("mood.delta", delta="calm"), "response.mood.delta"),
        (event("mood.changed", text="calm"), "mood.changed"),
        (item("done", **message({"type": "mood", "text": "calm"})), "mood"),
    ],
)
def test_text_of_an_unknown_type_is_kept_and_named_in_one_problem(payload, name):
    stream = load(session(), event("response.created", response={}), payload, payload, ended())
    assert stream.text("other") in ("calm", "calmcalm")
    assert [repr(name) in problem.message for problem in stream.problems] == [True]


def test_what_the_user_sent_and_what_a_server_returned_is_no_problem():
    sent = {"id": "u", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi there"}]}
    returned = {**call("{}"), "type": "mcp_call", "output": "It is six."}
    stream = load(session(), event("conversation.item.added", item=sent), item("done", **returned), ended(returned))
    assert (stream.text("other"), stream.problems) == ("It is six.", [])
