"""Ollama chat: each line has a message and a time, and the last line has the counts."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response

MEDIA_TYPE = Headers([("Content-Type", "application/x-ndjson")])
START = 1785421048.0
DONE = {
    "done": True,
    "done_reason": "stop",
    "total_duration": 1363219361,
    "load_duration": 24478458,
    "prompt_eval_count": 67,
    "eval_count": 65,
}


def load(*lines):
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    response = Response(headers=MEDIA_TYPE, body="".join(f"{text}\n" for text in texts).encode())
    return read_stream(Interaction(Request(), response), 0)


def line(created_at="2026-07-30T14:17:28Z", *, done=False, **message):
    return {"model": "gpt-oss:20b", "created_at": created_at, "message": {"role": "assistant", **message}, "done": done}


def last(**fields):
    return {**line(content=""), **DONE, **fields}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_thinking_is_reasoning_and_content_is_the_concatenated_messages():
    stream = load(line(content="", thinking="The"), line(thinking=" user"), line(content="Olá"), last())
    assert (stream.protocol, stream.model) == ("ollama-chat", "gpt-oss:20b")
    assert (stream.text("reasoning"), stream.text()) == ("The user", "Olá")
    assert kinds(stream) == ["reasoning", "reasoning", "content", "finish", "usage"]
    assert (stream.finish_reason, stream.complete, stream.problems) == ("stop", True, [])


def test_a_line_that_adds_nothing_is_silent():
    assert kinds(load(line(content=""), line(content="a"), last()))[0] == "silent"


def test_one_line_can_add_several_things():
    stream = load(line(content="a"), {**last(), "message": {"thinking": "t", "content": "b"}})
    assert kinds(stream) == ["content", "reasoning", "content", "finish", "usage"]
    assert stream.text() == "ab"


@pytest.mark.parametrize(
    ("created_at", "seconds"),
    [
        ("2026-07-30T14:17:28.34967424Z", START + 0.349674),
        ("2026-07-30T14:17:28.359378568Z", START + 0.359378),
        ("2026-07-30T14:17:28.5Z", START + 0.5),
        ("2026-07-30T14:17:28Z", START),
        ("2026-07-30T07:17:28.25-07:00", START + 0.25),
    ],
)
def test_the_time_of_a_line_is_the_stamp_of_its_rows(created_at, seconds):
    stream = load(line(created_at, thinking="a", content="b"), last(created_at=created_at))
    assert list(stream.chunks["stamp"]) == pytest.approx([seconds] * 4, abs=2e-6, rel=0)


@pytest.mark.parametrize(
    "created_at", [None, 7, "", "soon", "2026-07-30", "2026-07-30T14:17:28", "0001-01-01T00:00:00Z", [], {}]
)
def test_an_invalid_time_is_not_a_stamp(created_at):
    stream = load(line(created_at, content="a"), last(created_at=created_at))
    assert stream.chunks["stamp"].isna().all()
    assert stream.text() == "a"


def test_whole_tool_calls_are_numbered_by_their_order():
    stream = load(
        line(content="", tool_calls=[{"function": {"name": "weather", "arguments": {"city": "Oslo"}}}]),
        line(tool_calls=[{"id": "c1", "function": {"index": 1, "name": "search", "arguments": {"query": "é"}}}]),
        last(),
    )
    assert stream.tool_calls == [
        viewer.ToolCall("", "weather", '{"city":"Oslo"}', 0),
        viewer.ToolCall("c1", "search", '{"query":"é"}', 0),
    ]
    assert kinds(stream) == ["tool_call", "tool_call", "finish", "usage"]


def test_usage_is_the_unchanged_counts_and_durations_of_the_last_line():
    usage = load(line(content="a"), last()).usage
    assert (usage.input, usage.output, usage.total, usage.checks) == (67, 65, None, ())
    assert usage.reported == {name: value for name, value in DONE.items() if not name.startswith("done")}


def test_a_last_line_without_counts_reports_no_usage():
    stream = load(line(content="a"), line(content="b", done=True))
    assert stream.usage is None
    assert (stream.text(), stream.finish_reason, stream.complete) == ("ab", None, True)


@pytest.mark.parametrize(
    ("error", "message"), [("model runner stopped", "model runner stopped"), ({"a": 1}, '{"a":1}')]
)
def test_an_error_in_the_stream_keeps_what_came_before(error, message):
    stream = load(line(content="so far"), line(content=" good"), {"error": error})
    assert (str(stream.error), stream.text()) == (message, "so far good")
    assert kinds(stream) == ["content", "content", "error"]
    assert not stream.complete


def test_an_interrupted_stream_is_not_complete():
    stream = load(line(content="a"), line(content="b"))
    assert not stream.complete
    assert "without a finish reason" in stream.problems[0].message


def test_a_malformed_line_does_not_affect_others():
    odd = [
        {"message": 7, "done": "yes", "model": [], "created_at": {}},
        {"message": {"content": 5, "thinking": [], "tool_calls": [8, {"function": 9}, {"function": {"arguments": 1}}]}},
        {"done": True, "done_reason": 3, "eval_count": "many"},
        "7",
        "[]",
        "null",
        "oops",
    ]
    stream = load(line(content="a"), *odd, line(content="still here"))
    assert stream.text() == "astill here"
    assert stream.chunks["event"].nunique() == len(odd) + 2
    assert [call.arguments for call in stream.tool_calls] == ["", "1"]
    assert (stream.finish_reason, stream.usage.output) == ("3", None)


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "cot"])
def test_text_in_an_unknown_field_is_a_row_of_kind_other_and_a_problem(name):
    of_message = load(line(content="a"), line(content="", **{name: "hm"}), last())
    of_line = load(line(content="a"), {**line(content=""), name: "hm"}, last())
    for stream in (of_message, of_line):
        assert (stream.text(), stream.text("other")) == ("a", "hm")
        [problem] = stream.problems
        assert (problem.severity, repr(name) in problem.message) == ("warning", True)


@pytest.mark.parametrize("field", ["content", "thinking", "tool_calls", "images"])
def test_a_known_field_of_another_type_keeps_its_text(field):
    stream = load(line(content="a"), line(**{field: {"text": "x"}}), last())
    assert (stream.text(), stream.text("other")) == ("a", "x")


def test_an_image_is_a_row_that_says_its_size():
    stream = load(line(content="here", images=["iVBORw0KGgo="]), last())
    assert (kinds(stream)[:2], stream.text("other")) == (["content", "other"], "image, 8 bytes")


def test_parallel_tool_calls_are_separate_whatever_their_index():
    calls = [{"function": {"name": name, "arguments": {"x": 1}, "index": 0}} for name in ("add", "mul")]
    for lines in ([line(tool_calls=calls)], [line(tool_calls=[call]) for call in calls]):
        assert [call.name for call in load(*lines, last()).tool_calls] == ["add", "mul"]
