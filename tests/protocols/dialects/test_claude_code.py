"""Claude Code: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000
INIT = {"type": "system", "subtype": "init", "session_id": "s", "model": "claude-x", "cwd": "/a b", "tools": []}


def assistant(*blocks, message_id="m", **fields):
    message = {"id": message_id, "type": "message", "role": "assistant", "model": "claude-x", "content": [*blocks]}
    message |= {"stop_reason": None, "usage": {"input_tokens": 10, "output_tokens": 1}}
    outer = {name: fields.pop(name) for name in ("parent_tool_use_id", "error", "timestamp") if name in fields}
    return {"type": "assistant", "message": {**message, **fields}, "session_id": "s", "uuid": "u", **outer}


def user(content, **fields):
    return {"type": "user", "message": {"role": "user", "content": content}, "session_id": "s", **fields}


def text(content):
    return {"type": "text", "text": content}


def result(**fields):
    return {"type": "result", "subtype": "success", "session_id": "s", "num_turns": 1, **fields}


def event(**fields):
    return {"type": "stream_event", "event": fields, "session_id": "s", "uuid": "u", "parent_tool_use_id": None}


def streamed(content, message_id="m", stop_reason="end_turn", input_tokens=10, output_tokens=5):
    message = {"id": message_id, "model": "claude-x", "content": []}
    message["usage"] = {"input_tokens": input_tokens, "output_tokens": 1}
    return [
        event(type="message_start", message=message),
        event(type="content_block_start", index=0, content_block=text("")),
        event(type="content_block_delta", index=0, delta={"type": "text_delta", "text": content}),
        event(type="content_block_stop", index=0),
        event(type="message_delta", delta={"stop_reason": stop_reason}, usage={"output_tokens": output_tokens}),
        event(type="message_stop"),
    ]


def in_file(line, second=0.25, **fields):
    stamp = f"2026-02-03T04:05:{second:06.3f}Z"
    return {**line, "session_id": None, "sessionId": "s", "parentUuid": None, "timestamp": stamp, **fields}


def load(*lines):
    """Read the lines as one stream. As a file, `viewer.cassettes.recorders.claude_code` makes a stream of each message."""
    return read("".join(f"data: {json.dumps(line)}\n\n" for line in lines).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def test_messages_calls_and_the_result_are_read():
    stream = load(
        INIT,
        assistant({"type": "thinking", "thinking": "Look.", "signature": "x"}),
        assistant({"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "ls"}}),
        user([{"type": "tool_result", "tool_use_id": "t", "content": "two files"}]),
        assistant(text("Two."), message_id="n"),
        result(result="Two.", usage={"input_tokens": 20, "output_tokens": 8}, stop_reason="end_turn"),
    )
    assert (stream.protocol, stream.model, stream.text("reasoning"), stream.text()) == (
        *("claude-code", "claude-x", "Look."),
        "Two.",
    )
    assert [(call.id, call.name, call.arguments) for call in stream.tool_calls] == [("t", "Bash", '{"command":"ls"}')]
    assert (stream.text("other"), stream.finish_reason, stream.complete) == ("two files", "end_turn", True)
    assert (stream.usage.input, stream.usage.output, stream.problems) == (20, 8, [])


def test_finished_messages_repeat_their_events():
    stream = load(
        INIT,
        *streamed("Let me look. ", "m", "tool_use"),
        assistant(text("Let me look. "), message_id="m"),
        *streamed("Done.", "n"),
        assistant(text("Done."), message_id="n"),
        result(result="Done."),
    )
    assert (stream.text(), stream.finish_reason, stream.complete) == ("Let me look. Done.", "end_turn", True)
    assert (stream.usage.input, stream.usage.output, stream.problems) == (20, 10, [])


def test_events_without_a_result_have_the_usage_of_all_their_messages():
    first, second = streamed("a", "m", "tool_use"), streamed("b", "n")
    stream = load(*first, *second)
    assert (stream.usage.input, stream.usage.output, stream.complete) == (20, 10, True)
    stream = load(*first, *second[:3])
    assert (stream.usage.input, stream.usage.output, stream.complete) == (20, None, False)
    assert load(*first).complete is True, "one message is one call, which ends when it calls a tool"


def test_the_output_of_messages_without_a_stop_reason_is_not_known():
    assert load(INIT, assistant(text("a"))).usage.output is None
    stream = load(in_file(assistant(text("a"))), in_file(assistant(text("b"), stop_reason="end_turn")))
    assert (stream.usage.input, stream.usage.output) == (10, 1)


def test_a_cost_is_the_tools_own_figure():
    cost = load(INIT, assistant(text("a")), result(total_cost_usd=0.25, usage={"input_tokens": 1})).cost
    assert (cost.usd, cost.is_estimate) == (0.25, False)
    assert "as Claude Code states it" in cost.source
    assert load(INIT, assistant(text("a")), result(total_cost_usd="0.25")).cost.usd is None


def test_each_result_has_the_usage_of_a_turn_and_the_cost_so_far():
    turn = {"input_tokens": 7, "output_tokens": 2, "service_tier": "standard"}
    stream = load(INIT, result(usage=turn, total_cost_usd=0.1), result(usage=turn, total_cost_usd=0.3))
    assert (stream.usage.input, stream.usage.output, stream.cost.usd) == (14, 4, 0.3)


def test_a_result_without_messages_is_the_answer():
    assert load(INIT, result(result="Hello")).text() == "Hello"


@pytest.mark.parametrize(
    ("fields", "message", "code"),
    [
        (
            {"subtype": "error_max_turns", "is_error": True, "errors": ["Too many turns"]},
            "Too many turns",
            "error_max_turns",
        ),
        ({"subtype": "error_max_turns", "is_error": False}, "error_max_turns", "error_max_turns"),
        ({"is_error": True, "result": "API Error: 529"}, "API Error: 529", "success"),
    ],
)
def test_a_failed_session_has_an_error(fields, message, code):
    stream = load(INIT, assistant(text("a")), result(**fields))
    assert (stream.error.message, stream.error.type, stream.complete) == (message, code, False)


def test_a_message_that_claude_code_wrote_about_an_error_is_no_answer():
    failed = assistant(text("API Error: overloaded"), model="<synthetic>", error="overloaded")
    stream = load(INIT, failed)
    assert (stream.text(), stream.error.message, stream.error.type) == ("", "API Error: overloaded", "overloaded")


def test_messages_of_subagents_are_of_kind_other():
    stream = load(INIT, assistant(text("inner one"), parent_tool_use_id="t"), assistant(text("outer")))
    assert (stream.text(), stream.text("other")) == ("outer", "inner one")


def test_known_lines_keep_their_text_and_unknown_ones_are_reported():
    known = {"type": "system", "subtype": "hook_response", "output": "hooked", "session_id": "s"}
    stream = load(INIT, known, {"type": "murmur", "text": "psst", "session_id": "s"}, {"type": "tick"}, result())
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["hooked", "psst"]
    assert ["murmur" in one.message for one in stream.problems] == [True]


def test_a_session_file_has_stamps_and_ends_with_its_last_answer():
    question = in_file({"type": "user", "message": {"role": "user", "content": "Hi"}, "uuid": "a"}, 1.125)
    stream = load(question, in_file(assistant(text("Hello")), 2.5), in_file(assistant(text("."), message_id="n"), 3.75))
    assert (stream.text(), stream.text("other"), stream.complete) == ("Hello.", "Hi", True)
    assert stream.timing.grade == "stamped"
    call = in_file(assistant({"type": "tool_use", "id": "t", "name": "Bash", "input": {}}, stop_reason="tool_use"))
    assert load(question, call).complete is False


def test_others_are_not_taken_for_it():
    chat = {"type": "assistant", "message": {"role": "assistant", "content": "Hi"}, "session_id": "s"}
    assert load(chat, chat).protocol != "claude-code"
    assert load(*(line["event"] for line in streamed("a"))).protocol == "anthropic-messages"
    gemini = {"type": "result", "session_id": "s", "stats": {}, "status": "success", "timestamp": "x"}
    assert load(gemini, gemini).protocol == "gemini-cli"
    assert load({"type": "assistant", "content": "Hi"}, {"type": "user", "content": "Hi"}).protocol != "claude-code"


def test_a_recording_that_breaks_off_is_reported():
    stream = read("".join(f"data: {json.dumps(line)}\n\n" for line in (INIT, *streamed("ab")[:3]))[:-9])
    assert (stream.protocol, stream.complete) == ("claude-code", False)
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_line_does_not_affect_others(odd):
    kinds = ("assistant", "user", "stream_event", "result", "system", "x")
    names = ("message", "event", "usage", "result", "errors", "total_cost_usd", "subtype", "is_error", "timestamp")
    lines = [odd, {"type": odd}, *({"type": kind, name: odd} for kind in kinds for name in names)]
    lines += [assistant(odd), assistant(id=odd, content=odd, usage=odd, model=odd)]
    lines += [assistant({"type": odd, "text": odd}), assistant({"type": "text", "text": odd}), event(type=odd)]
    lines += [event(type="message_start", message=odd), event(type="content_block_start", index=odd, content_block=odd)]
    lines += [assistant({"type": "tool_use", "id": odd, "name": odd, "input": odd}, message_id="t")]
    lines = [INIT, assistant(text("still"), message_id="1"), *lines, assistant(text(" here"), message_id="2")]
    stream = load(*lines)
    assert stream.protocol == "claude-code"
    assert stream.chunks["event"].nunique() == len(lines)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
