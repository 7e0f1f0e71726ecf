"""Logs in the shape that inspect_ai 0.3.285 writes, with messages in a pool, and of older versions, without."""

import io
import json
import zipfile

import pytest
import zstandard

import viewer
from viewer.conversation.conversation import conversation_of
from viewer.redaction.files import redact_bytes

RESPONSE = {
    "id": "chatcmpl-0",
    "object": "chat.completion",
    "created": 1_760_000_000,
    "model": "gpt-4o-2024-08-06",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
            },
        }
    ],
    "usage": {"prompt_tokens": 84, "completion_tokens": 7, "total_tokens": 91},
}
OUTPUT = {
    "model": "gpt-4o-2024-08-06",
    "choices": [
        {
            "message": {
                "role": "assistant",
                "content": [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "Hello"}],
                "tool_calls": [{"id": "c1", "function": "weather", "arguments": {"city": "Lima"}, "type": "function"}],
            },
            "stop_reason": "tool_calls",
        }
    ],
    "usage": {
        "input_tokens": 74,
        "output_tokens": 7,
        "total_tokens": 91,
        "input_tokens_cache_read": 10,
        "total_cost": 0.25,
    },
}
QUESTION = {"role": "user", "content": "Is it warmer in Lima?"}
TOOLS = [{"name": "weather", "description": "w", "parameters": {"type": "object"}}]
OWN = {
    "event": "model",
    "uuid": "m1",
    "span_id": "a",
    "timestamp": "2026-01-01T00:00:00.000000+00:00",
    "completed": "2026-01-01T00:00:03.000000+00:00",
    "working_time": 2.0,
    "model": "openai/gpt-4o",
    "input": [QUESTION],
    "tools": TOOLS,
    "config": {"temperature": 0.5},
    "output": OUTPUT,
}
LOGGED = {
    **OWN,
    "input": [],
    "input_refs": [[0, 1]],
    "call": {
        "request": {"model": "gpt-4o", "tools": [{"type": "function", "function": {"name": "weather"}}]},
        "response": RESPONSE,
        "time": 1.5,
        "call_refs": [[0, 1]],
        "call_key": "messages",
    },
}
TOOL = {
    "event": "tool",
    "uuid": "t1",
    "span_id": "a",
    "id": "c1",
    "function": "weather",
    "arguments": {"city": "Lima"},
    "result": "21",
    "timestamp": "2026-01-01T00:00:03.500000+00:00",
    "completed": "2026-01-01T00:00:05.000000+00:00",
    "working_time": 1.25,
    "events": [],
}
AGENT = {"event": "span_begin", "id": "a", "type": "agent", "name": "Guide", "timestamp": "2026-01-01T00:00:00+00:00"}
HEADER = {"version": 2, "status": "success", "eval": {"run_id": "R", "task": "weather", "model": "openai/gpt-4o"}}


def sample(*events, number=1, **fields):
    pool = {"messages": [QUESTION], "calls": [QUESTION]}
    return {"id": number, "epoch": 1, "events": events, "events_data": pool, "attachments": {}, **fields}


def log(*samples):
    return json.dumps({**HEADER, "samples": samples}).encode()


def archive(members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as written:
        for name, content in members.items():
            written.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return file.getvalue()


def texts_asked(loaded, index=0):
    messages = conversation_of(loaded.interactions[index], None).messages
    return [(one.role, part.text) for one in messages for part in one.parts]


def test_a_logged_call_is_the_provider_s_request_and_response():
    loaded = viewer.load(log(sample(LOGGED)))
    interaction, answer = loaded.interactions[0], loaded.answers[0]
    assert (loaded.format, loaded.format_version, answer.protocol) == ("inspect", "2", "openai-chat")
    assert json.loads(interaction.response.body) == RESPONSE
    assert json.loads(interaction.request.body) == {**LOGGED["call"]["request"], "messages": [QUESTION]}
    assert (interaction.times.whole_s, interaction.times.ended.epoch_s - interaction.times.started.epoch_s) == (
        1.5,
        3.0,
    )


def test_a_call_that_was_not_logged_is_inspect_s_own_output():
    loaded = viewer.load(log(sample(OWN)))
    answer = loaded.answers[0]
    assert (answer.text, answer.reasoning, answer.finish_reason) == ("Hello", "hm", "tool_calls")
    assert [(call.id, call.name, call.arguments) for call in answer.tool_calls] == [
        ("c1", "weather", '{"city":"Lima"}')
    ]
    usage = answer.usage
    assert (usage.input, usage.output, usage.total, usage.cache_read) == (84, 7, 91, 10), "input includes the cache"
    assert (answer.cost.usd, answer.cost.source) == (0.25, "as Inspect states it in `total_cost`")
    assert texts_asked(loaded) == [("user", "Is it warmer in Lima?")]
    assert [tool.name for tool in conversation_of(loaded.interactions[0], None).tools] == ["weather"]
    assert loaded.interactions[0].times.whole_s == 2.0


def test_samples_are_turns_and_tools_stand_at_their_calls():
    second = {
        **LOGGED,
        "uuid": "m2",
        "span_id": "b",
        "timestamp": "2026-01-01T00:01:00+00:00",
        "completed": "2026-01-01T00:01:01+00:00",
    }
    loaded = viewer.load(log(sample(AGENT, LOGGED, TOOL), sample(second, number=2)))
    session = loaded.session
    assert (session.program, session.id) == ("Inspect", "R")
    assert [(one.agent, one.turn) for one in session.calls] == [(1, 0), (0, 1)]
    assert [one.name for one in session.agents] == ["", "Guide"]
    (run,) = session.tool_runs
    assert (run.interaction, run.call_id, run.ran_s, run.is_error) == (0, "c1", 1.25, False)


def test_calls_within_the_event_of_a_tool_are_read_too():
    loaded = viewer.load(log(sample({**TOOL, "events": [OWN]})))
    assert [answer.text for answer in loaded.answers.values()] == ["Hello"]


def test_attachments_are_put_back():
    held = {**QUESTION, "content": "attachment://abc"}
    own = {**OWN, "input": [held]}
    loaded = viewer.load(log(sample(own, attachments={"abc": "A long text"})))
    assert texts_asked(loaded) == [("user", "A long text")]
    assert texts_asked(viewer.load(log(sample(own)))) == [("user", "attachment://abc")]


def test_a_failed_call_is_an_error_and_a_cached_one_is_counted():
    loaded = viewer.load(log(sample({**LOGGED, "error": "too long"}, {**OWN, "cache": "read"})))
    assert loaded.answers[0].error.message == "too long"
    assert any("1 answer came from Inspect's cache" in problem.message for problem in loaded.problems)


def test_an_archive_is_the_same_log():
    members = {
        "_journal/start.json": {"version": 2, "eval": HEADER["eval"]},
        "samples/1_epoch_1.json": sample(LOGGED),
        "samples/2_epoch_1.json": sample({**OWN, "timestamp": "2026-01-01T00:01:00+00:00"}, number=2),
        "summaries.json": [],
        "header.json": HEADER,
    }
    loaded = viewer.load(archive(members), "log.eval")
    assert [answer.protocol for answer in loaded.answers.values()] == ["openai-chat", "otel-gen-ai"]
    assert loaded.format == "inspect"
    del members["header.json"]
    assert len(viewer.load(archive(members), "log.eval").interactions) == 2, "a log whose program was stopped"


def test_an_archive_packed_with_zstandard_is_read():
    plain = {"_journal/start.json": HEADER, "samples/1_epoch_1.json": sample(LOGGED)}
    packed = {name: zstandard.compress(json.dumps(value).encode()) for name, value in plain.items()}
    data = bytearray(archive(packed, zipfile.ZIP_STORED))
    # The method stands in the local header of each member and in the directory (APPNOTE 4.3.7 and 4.3.12).
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(mark)
        while at >= 0:
            data[at + place : at + place + 2] = (93).to_bytes(2, "little")
            at = data.find(mark, at + 4)
    loaded = viewer.load(bytes(data), "log.eval")
    assert loaded.answers[0].protocol == "openai-chat"


def test_an_archive_that_is_damaged_is_refused_with_what_to_do():
    data = archive({"_journal/start.json": HEADER, "samples/1_epoch_1.json": sample(LOGGED)})
    at = data.find(b"samples/1") + 60
    with pytest.raises(viewer.CassetteError, match="a log of Inspect"):
        viewer.load(data[:at] + b"\0\0\0\0" + data[at + 4 :], "log.eval")


def test_another_zip_file_is_not_taken_for_a_log():
    with pytest.raises(viewer.CassetteError, match="a zip file of 2 files"):
        viewer.load(archive({"header.json": HEADER, "other.json": {}}), "other.zip")


def test_an_archive_cannot_be_rewritten_and_says_so():
    with pytest.raises(viewer.CassetteError, match="cannot be rewritten in place"):
        redact_bytes(archive({"_journal/start.json": HEADER, "samples/1_epoch_1.json": sample(LOGGED)}), "log.eval")


def test_a_field_of_any_type_is_no_exception():
    for event in (OWN, LOGGED, TOOL, AGENT):
        for name in event:
            for odd in (None, "x", [[]], [{}], {"choices": [5]}):
                viewer.load(log(sample(OWN, {**event, name: odd}))).answers  # noqa: B018 - computed on access
    for odd in (None, 5, "x", [], {}, [5], [{}], [{"events": 5}], [{"events": [5, {"event": []}], "events_data": 5}]):
        with pytest.raises(viewer.CassetteError, match="no call of a model"):
            viewer.load(json.dumps({**HEADER, "samples": odd}).encode())


def test_a_log_that_is_cut_off_is_read_up_to_there():
    loaded = viewer.load(log(sample(LOGGED), sample(OWN, number=2))[:-900])
    assert loaded.answers[0].protocol == "openai-chat"
    assert any(problem.severity == "warning" for problem in loaded.problems)


def test_a_sample_without_events_is_one_call_without_times():
    sample = {
        "id": 1,
        "epoch": 1,
        "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello"}],
        "output": {"model": "m", "choices": [], "usage": {"input_tokens": 3, "output_tokens": 2}},
    }
    empty = {"event": "model", "model": "m", "input": [], "output": {"choices": []}}
    for events in ([], [empty]):
        log = {"version": 2, "status": "success", "eval": {"task": "x"}, "samples": [{**sample, "events": events}]}
        cassette = viewer.load(json.dumps(log).encode())
        (answer,) = cassette.answers.values()
        assert (answer.text, answer.usage.input, answer.usage.output) == ("Hello", 3, 2)
        assert cassette.interactions[0].times.started is None
        assert b"hi" in cassette.interactions[0].request.body
