"""Gemini CLI: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def line(kind, at_s=1.25, **fields):
    return {"type": kind, "timestamp": f"2026-02-03T04:05:{at_s:06.3f}Z", **fields}


INIT = line("init", session_id="s", model="gemini-x")


def says(text, at_s=2.5):
    return line("message", at_s, role="assistant", content=text, delta=True)


def result(**fields):
    return line("result", 5.5, **{"status": "success", "stats": {}, **fields})


def load(*lines):
    """Read the lines as one stream. As a file, `viewer.cassettes.recorders.gemini_cli_session` makes a stream of each call."""
    return read("".join(f"data: {json.dumps(one)}\n\n" for one in lines).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def test_messages_usage_and_stamps_are_read():
    counts = {"total_tokens": 60, "input_tokens": 40, "output_tokens": 15, "cached": 8, "input": 32, "duration_ms": 5}
    stream = load(INIT, line("message", role="user", content="Hi"), says("Dry"), says(".", 3.75), result(stats=counts))
    assert (stream.protocol, stream.model, stream.text(), stream.text("other")) == (
        "gemini-cli",
        "gemini-x",
        "Dry.",
        "Hi",
    )
    usage = stream.usage
    assert (usage.input, usage.cache_read, usage.output, usage.total) == (40, 8, 15, 60)
    assert (stream.finish_reason, stream.complete, stream.problems) == ("success", True, [])
    assert stream.timing.grade == "stamped"


def test_uses_of_tools_are_calls():
    stream = load(
        INIT,
        line("tool_use", tool_name="radar", tool_id="r", parameters={"km": 5}),
        line("tool_use", tool_name="wait", tool_id="w", parameters={}),
        line("tool_result", tool_id="r", status="success", output="clear"),
        line("tool_result", tool_id="w", status="error", error={"type": "TIMEOUT", "message": "too slow"}),
        result(),
    )
    assert [(one.id, one.name, one.arguments) for one in stream.tool_calls] == [
        ("r", "radar", '{"km":5}'),
        ("w", "wait", ""),
    ]
    assert [value for kind, value in rows(stream) if kind == "other"] == ["clear", "too slow"]


def test_warnings_end_nothing_and_errors_do():
    stream = load(INIT, line("error", severity="warning", message="Loop detected"), says("a"), result())
    assert (stream.error, stream.text("other"), stream.complete) == (None, "Loop detected", True)
    failed = result(status="error", error={"type": "FatalTurnLimitedError", "message": "Too many turns"})
    stream = load(INIT, says("a"), failed)
    assert (stream.error.message, stream.error.type, stream.complete) == (
        "Too many turns",
        "FatalTurnLimitedError",
        False,
    )
    assert load(INIT, line("error", severity="error", message="No quota")).error.message == "No quota"


def test_unknown_lines_with_text_are_shown_and_reported():
    stream = load(INIT, line("murmur", text="psst"), line("tick"), result())
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["psst"]
    assert ["murmur" in one.message for one in stream.problems] == [True]


def test_others_are_not_taken_for_it():
    chat = line("message", role="user", content="Hi")
    assert load(chat, chat).protocol != "gemini-cli"
    assert load(line("error", message="a"), line("info", message="b")).protocol != "gemini-cli"
    block = {"type": "tool_use", "id": "t", "name": "a", "input": {}}
    start = {"type": "content_block_start", "index": 0, "content_block": block}
    assert load(start, start).protocol == "anthropic-messages"


def test_a_recording_that_breaks_off_is_reported():
    stream = read("".join(f"data: {json.dumps(one)}\n\n" for one in (INIT, says("a"), says("b")))[:-9])
    assert (stream.text(), stream.complete) == ("a", False)
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_line_does_not_affect_others(odd):
    kinds = ("init", "message", "tool_use", "tool_result", "error", "result", "x")
    names = ("model", "content", "role", "tool_id", "tool_name", "parameters", "output", "error", "severity", "message")
    lines = [odd, {"type": odd}, *(line(kind, **{name: odd}) for kind in kinds for name in names)]
    lines += [{**result(), "timestamp": odd}, result(status=odd, stats=odd), result(stats={"input_tokens": odd})]
    lines = [INIT, says("still"), *lines, says(" here")]
    stream = load(*lines)
    assert stream.protocol == "gemini-cli"
    assert stream.chunks["event"].nunique() == len(lines)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


def test_the_lines_of_one_call_are_complete_once_it_calls_a_tool():
    used = line("tool_use", tool_name="radar", tool_id="r", parameters={"km": 5})
    assert load(says("Look."), used).complete is True
    assert load(says("Look.")).complete is False
    assert load(INIT, says("Look."), used).complete is False, "the session goes on"


def test_statistics_of_a_session_are_not_those_of_its_last_call():
    counts = {"input_tokens": 40, "output_tokens": 15, "total_tokens": 55}
    assert load(says("Dry."), result(stats={**counts, "tool_calls": 1})).usage is None
    assert load(says("Dry."), result(stats={**counts, "tool_calls": 0})).usage.input == 40
    assert load(INIT, says("Dry."), result(stats={**counts, "tool_calls": 1})).usage.input == 40
