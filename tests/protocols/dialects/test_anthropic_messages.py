"""Anthropic Messages: a small stream for each rule. test_corpus compares recordings with the official SDK."""

import json

import pytest

import viewer

START = {
    "type": "message_start",
    "message": {"model": "claude-x", "usage": {"input_tokens": 10, "output_tokens": 1, "cache_read_input_tokens": 5}},
}
STOP = {"type": "message_stop"}


def load(*events):
    text = "".join(f"event: {event.get('type')}\ndata: {json.dumps(event)}\n\n" for event in events)
    return viewer.load(text.encode(), "stream.sse").streams[0]


def begin(index, kind, **fields):
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, **fields}}


def delta(index, kind, **fields):
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def end(reason, **usage):
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_thinking_is_reasoning_and_text_is_content():
    stream = load(
        START,
        begin(0, "thinking", thinking=""),
        delta(0, "thinking_delta", thinking="hm"),
        delta(0, "signature_delta", signature="c2ln"),
        {"type": "content_block_stop", "index": 0},
        begin(1, "text", text=""),
        delta(1, "text_delta", text="He"),
        {"type": "ping"},
        delta(1, "text_delta", text="llo"),
        end("end_turn", output_tokens=9),
        STOP,
    )
    assert stream.protocol == "anthropic-messages"
    assert (stream.model, stream.provider) == ("claude-x", "anthropic")
    assert (stream.text("reasoning"), stream.text()) == ("hm", "Hello")
    assert stream.finish_reason == "end_turn"
    assert stream.complete
    assert kinds(stream) == [
        "start",
        "other",
        "reasoning",
        "silent",
        "other",
        "other",
        "content",
        "keep_alive",
        "content",
        "finish",
        "usage",
        "other",
    ]


def test_text_at_the_start_of_a_block_is_content():
    assert load(START, begin(0, "text", text="A"), delta(0, "text_delta", text="B")).text() == "AB"


def test_tool_input_is_the_concatenated_json():
    stream = load(
        START,
        begin(1, "tool_use", id="t1", name="add", input={}),
        delta(1, "input_json_delta", partial_json=""),
        delta(1, "input_json_delta", partial_json='{"a"'),
        delta(1, "input_json_delta", partial_json=": 1}"),
        begin(4, "tool_use", id="t2", name="now", input={}),
        end("tool_use"),
    )
    assert stream.tool_calls == [viewer.ToolCall("t1", "add", '{"a": 1}', 0), viewer.ToolCall("t2", "now", "", 0)]
    assert list(stream.chunks["tool"].dropna()) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("deltas", "arguments"), [([], '{"a":1}'), ([delta(0, "input_json_delta", partial_json='{"b":2}')], '{"b":2}')]
)
def test_input_at_the_start_of_a_block_is_used_unless_deltas_follow(deltas, arguments):
    assert (
        load(START, begin(0, "tool_use", id="t", name="f", input={"a": 1}), *deltas).tool_calls[0].arguments
        == arguments
    )


def test_redacted_thinking_is_silent_and_citations_are_citations():
    stream = load(START, begin(0, "redacted_thinking", data="x"), delta(1, "citations_delta", citation={"url": "u"}))
    assert kinds(stream) == ["start", "silent", "citation"]
    assert json.loads(stream.chunks["text"].iloc[-1]) == {"url": "u"}


def test_later_usage_counts_replace_those_of_the_start():
    stream = load(START, end("end_turn", output_tokens=42, input_tokens=None), STOP)
    assert (stream.usage.input, stream.usage.output, stream.usage.cache_read) == (15, 42, 5)
    assert stream.usage.reported == {"input_tokens": 10, "output_tokens": 42, "cache_read_input_tokens": 5}


def test_input_includes_tokens_read_from_and_written_to_the_cache():
    created = {
        "cache_creation_input_tokens": 7,
        "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 3},
    }
    stream = load(START, end("end_turn", output_tokens=1, **created))
    assert (stream.usage.input, stream.usage.cache_write) == (22, 7)
    [check] = stream.usage.checks
    assert (check.figures, check.passed) == ("7 = 4 + 3", True)


def test_the_output_of_the_start_does_not_count_without_a_final_one():
    for events in ([STOP], [], [{"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, STOP]):
        usage = load(START, delta(0, "text_delta", text="Hi"), *events).usage
        assert (usage.input, usage.output) == (15, None)


def test_a_split_by_lifetime_that_is_older_than_its_sum_is_dropped():
    old = {"cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}}
    start = {
        "type": "message_start",
        "message": {"usage": {"input_tokens": 1, "cache_creation_input_tokens": 0, **old}},
    }
    stream = load(start, end("end_turn", output_tokens=1, cache_creation_input_tokens=7), STOP)
    assert (stream.usage.cache_write, stream.usage.checks, stream.problems) == (7, (), [])
    same = load(start, end("end_turn", output_tokens=1, cache_creation_input_tokens=0), STOP)
    assert same.usage.reported["cache_creation"] == old["cache_creation"]


@pytest.mark.parametrize(
    ("later", "reported"),
    [
        ({"input_tokens": 0}, "input_tokens 10, then 0"),
        ({"cache_read_input_tokens": 0}, "cache_read_input_tokens 5, then 0"),
        ({"cache_read_input_tokens": 0, "iterations": [{"type": "compaction"}]}, None),
        ({"input_tokens": 9}, None),
        ({"input_tokens": None}, None),
        ({"input_tokens": "0"}, None),
    ],
)
def test_an_input_count_that_falls_to_zero_is_a_problem(later, reported):
    found = load(START, end("end_turn", output_tokens=1, **later), STOP).problems
    problems = [problem.message for problem in found if "fewer tokens" in problem.message]
    assert problems == (
        [] if reported is None else [f"The last usage object has fewer tokens than one before it: {reported}."]
    )


def test_a_message_that_starts_in_the_middle_of_another_is_a_problem():
    retried = [
        START,
        delta(0, "text_delta", text="Par"),
        START,
        delta(0, "text_delta", text="Whole"),
        end("end_turn"),
        STOP,
    ]
    stream = load(*retried)
    assert stream.text() == "ParWhole"
    assert [problem.message for problem in stream.problems] == ["Event 2 starts another message in the middle of one."]
    assert (
        load(START, end("end_turn", output_tokens=1), STOP, START, end("end_turn", output_tokens=1), STOP).problems
        == []
    )


def test_two_different_stop_reasons_of_a_message_are_a_problem():
    stream = load(START, end("tool_use", output_tokens=1), end("end_turn", output_tokens=1), STOP)
    assert stream.finish_reason == "end_turn"
    assert [problem.message for problem in stream.problems] == [
        "The stream has two finish reasons: first 'tool_use', then 'end_turn'."
    ]
    assert load(START, end("end_turn", output_tokens=1), end("end_turn", output_tokens=1), STOP).problems == []
    assert load(START, end("tool_use"), STOP, START, end("end_turn"), STOP).problems == []


def test_content_in_the_start_of_a_message_is_kept():
    def started(*blocks):
        return {"type": "message_start", "message": {"content": list(blocks)}}

    use = {"type": "tool_use", "id": "t", "name": "roll", "input": {"a": 1}}
    stream = load(started(use), STOP, started({"type": "text", "text": "six"}, {**use, "id": "u"}), STOP)
    assert [(call.id, call.arguments) for call in stream.tool_calls] == [("t", '{"a":1}'), ("u", '{"a":1}')]
    assert stream.text() == "six"


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (
            begin(0, "web_search_tool_result", content=[{"type": "web_search_result", "title": "Dew point"}]),
            "Dew point",
        ),
        (begin(0, "bash_code_execution_tool_result", content={"stdout": "42", "stderr": ""}), "42"),
        (begin(0, "mcp_tool_result", content=[{"type": "text", "text": "six"}], is_error=False), "six"),
        (begin(0, "compaction", content="Short of it."), "Short of it."),
        (delta(0, "compaction_delta", content="Short of it."), "Short of it."),
        (delta(7, "input_json_delta", partial_json='{"a"'), '{"a"'),
        ({"type": "message_delta", "delta": {"stop_details": {"explanation": "Not this."}}}, "Not this."),
        (begin(0, "container_upload", file_id="file_1"), ""),
    ],
)
def test_what_other_blocks_hold_is_kept_without_a_problem(payload, text):
    stream = load(START, payload, end("end_turn", output_tokens=1), STOP)
    assert (stream.text("other"), stream.problems) == (text, [])


def test_the_model_of_a_fallback_is_the_one_that_answers():
    fallback = begin(0, "fallback", **{"from": {"model": "claude-x"}, "to": {"model": "claude-y"}})
    assert load(START, fallback, STOP).model == "claude-y"


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (delta(0, "mood_delta", mood="calm"), "mood_delta"),
        (delta(0, "text_delta", content="calm"), "text_delta"),
        (begin(0, "mood", text="calm"), "mood"),
        ({"type": "mood_change", "text": "calm"}, "mood_change"),
    ],
)
def test_text_of_an_unknown_type_is_kept_and_named_in_one_problem(payload, name):
    stream = load(START, payload, payload, end("end_turn", output_tokens=1), STOP)
    assert (stream.text(), stream.text("other")) == ("", "calmcalm")
    assert [name in problem.message for problem in stream.problems] == [True]


def test_an_error_in_the_stream_keeps_what_came_before():
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    stream = load(START, delta(0, "text_delta", text="so"), error)
    assert (str(stream.error), stream.error.type, stream.text()) == ("Overloaded", "overloaded_error", "so")
    assert not stream.complete


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, {"type": 4}])
def test_malformed_fields_do_not_affect_other_events(odd):
    events = [
        {"type": "message_start", "message": odd},
        {"type": "content_block_start", "index": odd, "content_block": odd},
        {"type": "content_block_start", "index": odd, "content_block": {"type": "tool_use", "name": odd, "input": odd}},
        {"type": "content_block_delta", "index": odd, "delta": odd},
        {"type": "content_block_delta", "index": odd, "delta": {"type": "text_delta", "text": odd}},
        {"type": "content_block_delta", "index": odd, "delta": {"type": "input_json_delta", "partial_json": odd}},
        {"type": "message_delta", "delta": odd, "usage": odd},
        {"type": "message_delta", "delta": {"stop_details": odd}, "usage": {"input_tokens": odd, "iterations": odd}},
        {"type": "message_start", "message": {"content": [odd], "usage": {"input_tokens": odd}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "fallback", "to": odd}},
        {"type": "error", "error": odd},
    ]
    stream = load(*events, delta(0, "text_delta", text="here"))
    assert stream.text().endswith("here")
    assert stream.chunks["event"].nunique() == len(events) + 1


SPLIT = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}


def written(at_start, at_end):
    start = {"type": "message_start", "message": {"model": "claude-x", "usage": {"input_tokens": 9, **at_start}}}
    return load(start, begin(0, "text", text="a"), end("end_turn", output_tokens=5, **at_end), STOP).usage


def test_the_split_of_cache_writes_ends_with_the_sum_that_it_splits():
    """A search writes to the cache after the start, and only the sum is sent again."""
    at_start = {"cache_creation_input_tokens": 0, "cache_creation": SPLIT}
    usage = written(at_start, {"cache_creation_input_tokens": 17_000})
    assert (usage.cache_write, usage.cache_write_1h, usage.checks) == (17_000, None, ())


@pytest.mark.parametrize("at_end", [{}, {"cache_creation_input_tokens": 30}, {"cache_creation_input_tokens": None}])
def test_the_split_of_cache_writes_stays_with_its_sum(at_end):
    split = {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20}
    usage = written({"cache_creation_input_tokens": 30, "cache_creation": split}, at_end)
    assert (usage.cache_write, usage.cache_write_1h) == (30, 20)
    assert [check.passed for check in usage.checks] == [True]


def test_a_split_of_another_sum_in_the_same_object_does_not_add_up():
    usage = written({}, {"cache_creation_input_tokens": 30, "cache_creation": SPLIT})
    assert [check.passed for check in usage.checks] == [False]


def test_cache_writes_are_the_sum_of_their_parts_if_only_those_are_reported():
    split = {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 3}
    start = {"type": "message_start", "message": {"usage": {"input_tokens": 1, "cache_creation": split}}}
    usage = load(start, end("end_turn", output_tokens=1), STOP).usage
    assert (usage.input, usage.cache_write, usage.cache_write_1h) == (8, 7, 3)
