"""Gemini Interactions: a small stream for each rule."""

import json

import pytest

import viewer


def load(*payloads):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    return viewer.load("".join(f"data: {text}\n\n" for text in texts).encode(), "stream.sse").streams[0]


def event(name, **fields):
    return {"event_type": name, **fields}


def start(kind, index=0, **fields):
    return event("step.start", index=index, step={"type": kind, **fields})


def delta(kind, index=0, **fields):
    return event("step.delta", index=index, delta={"type": kind, **fields})


def kinds(stream):
    return list(stream.chunks["kind"])


USAGE = {
    "total_tokens": 159,
    "total_input_tokens": 20,
    "input_tokens_by_modality": [{"modality": "text", "tokens": 13}, {"modality": "audio", "tokens": 7}],
    "total_cached_tokens": 8,
    "total_output_tokens": 26,
    "total_tool_use_tokens": 3,
    "total_thought_tokens": 110,
}
CREATED = event("interaction.created", interaction={"id": "v1", "status": "in_progress", "model": "gemini-2.5-flash"})
COMPLETED = event("interaction.completed", interaction={"id": "v1", "status": "completed", "usage": USAGE})


def test_an_interaction_is_read_from_its_start_to_its_end():
    stream = load(
        CREATED,
        event("interaction.status_update", status="in_progress"),
        start("thought"),
        delta("thought_summary", content={"type": "text", "text": "hm"}),
        delta("thought_signature", signature="c2ln"),
        event("step.stop", index=0),
        start("model_output", 1),
        delta("text", 1, text="Olá"),
        delta("text", 1, text=" mundo"),
        event("step.stop", index=1),
        COMPLETED,
        "[DONE]",
    )
    assert (stream.protocol, stream.model, stream.provider) == ("gemini-interactions", "gemini-2.5-flash", "google")
    assert (stream.text("reasoning"), stream.text()) == ("hm", "Olá mundo")
    assert kinds(stream) == [
        *("start", "other", "other", "reasoning", "silent", "other"),
        *("other", "content", "content", "other", "finish", "usage", "other"),
    ]
    assert stream.finish_reason == "completed"
    assert stream.complete


def test_an_interaction_is_complete_without_done_but_not_without_its_end():
    assert load(CREATED, COMPLETED).complete
    assert not load(CREATED, delta("text", text="a")).complete


def test_thoughts_are_output_and_tool_results_input():
    usage = load(CREATED, COMPLETED).usage
    assert (usage.input, usage.output, usage.reasoning, usage.total) == (23, 136, 110, 159)
    assert (usage.cache_read, usage.audio_input, usage.audio_output) == (8, 7, None)
    assert usage.reported == USAGE
    assert [(check.name, check.passed) for check in usage.checks] == [
        ("total = input + output + thought + tool use", True),
        ("cached ≤ input", True),
    ]


def test_usage_before_the_end_counts_if_the_end_is_missing():
    on_the_way = {**delta("text", text="a"), "metadata": {"usage": {"total_output_tokens": 1}}}
    assert load(CREATED, on_the_way).usage.output == 1
    assert load(CREATED, on_the_way, COMPLETED).usage.output == 136


def test_argument_deltas_replace_the_arguments_at_the_start_of_a_call():
    stream = load(
        start("function_call", 1, id="c1", name="weather", arguments={}),
        delta("arguments_delta", 1, arguments='{"city":'),
        start("function_call", 2, id="c2", name="time", arguments={"zone": "UTC"}),
        delta("arguments_delta", 1, arguments='"Rome"}'),
        start("function_call", 3, id="c3", name="time", arguments={"zone": "UTC"}),
        delta("arguments_delta", 3, arguments="{}"),
    )
    assert stream.tool_calls == [
        viewer.ToolCall("c1", "weather", '{"city":"Rome"}', 0),
        viewer.ToolCall("c2", "time", '{"zone":"UTC"}', 0),
        viewer.ToolCall("c3", "time", "{}", 0),
    ]


def test_tools_run_by_the_provider_are_not_tool_calls():
    stream = load(
        start("google_search_call", 2, id="s"),
        delta("google_search_call", 2, arguments={"queries": ["q"]}),
        delta("google_search_result", 3, result=[{"search_suggestions": "x"}]),
        delta("arguments_delta", 2, arguments="{}"),
    )
    assert (stream.tool_calls, stream.text(), set(kinds(stream))) == ([], "", {"other"})


def test_annotations_are_citations_and_sound_is_audio():
    stream = load(delta("text_annotation_delta", annotations=[{"url": "u"}]), delta("audio", data="AQI="))
    assert kinds(stream) == ["citation", "audio"]
    assert stream.chunks["text"][0] == '[{"url":"u"}]'


@pytest.mark.parametrize("status", ["incomplete", "requires_action"])
def test_the_status_at_the_end_is_the_finish_reason(status):
    stream = load(CREATED, event("interaction.completed", interaction={"status": status}))
    assert (stream.finish_reason, stream.error, stream.complete) == (status, None, True)


def test_event_names_of_the_first_revision_are_read():
    stream = load(
        event("interaction.start", interaction={"agent": "deep-research"}),
        event("content.start", index=0, content={"type": "thought"}),
        event("content.delta", index=0, delta={"type": "text", "text": "a"}),
        event("content.delta", index=1, delta={"type": "function_call", "id": "c", "name": "f", "arguments": {"x": 1}}),
        event("interaction.complete", interaction={"status": "completed", "usage": USAGE}),
    )
    assert (stream.model, stream.text(), stream.finish_reason) == ("deep-research", "a", "completed")
    assert stream.tool_calls == [viewer.ToolCall("c", "f", '{"x":1}', 0)]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (event("error", error={"message": "overloaded", "code": "gateway_timeout"}), "overloaded"),
        (event("error", error="plain"), "plain"),
        (event("interaction.completed", interaction={"status": "failed", "errors": [{"message": "broke"}]}), "broke"),
    ],
)
def test_an_error_keeps_what_came_before(payload, message):
    stream = load(CREATED, delta("text", text="so far"), payload)
    assert (str(stream.error), stream.text()) == (message, "so far")
    assert "error" in kinds(stream)
    assert not stream.complete


def test_an_event_named_error_is_an_error():
    body = f'data: {json.dumps(CREATED)}\n\nevent: error\ndata: {{"message":"broken"}}\n\n'
    assert str(viewer.load(body.encode()).streams[0].error) == "broken"


def test_a_malformed_event_does_not_affect_others():
    odd = [
        7,
        [],
        None,
        event(["step.delta"]),
        event("interaction.completed", interaction=3, metadata=4),
        event("step.delta", index=[], delta=5),
        event("step.start", index={}, step=[]),
        delta(["text"], text="x"),
        delta("text", text=8),
        delta("thought_summary", content="x"),
        start("function_call", [], name=[], id={}, arguments=[9]),
        delta("arguments_delta", [], arguments=10),
        event("interaction.created", interaction={"usage": {"input_tokens_by_modality": [1, {"modality": []}]}}),
        event("error"),
    ]
    stream = load(*odd, delta("text", text="still here"))
    assert stream.text() == "still here"
    assert stream.chunks["event"].nunique() == len(odd) + 1


@pytest.mark.parametrize(
    ("payload", "text", "is_known"),
    [
        (delta("code_execution_call", arguments={"code": "1+1"}), "1+1", True),
        (delta("google_search_call", arguments={"queries": ["dew point"]}), "dew point", True),
        (delta("image", data="iVBORw0KGgo=", mime_type="image/png"), "image/png, 8 bytes", True),
        (delta("mood", mood="calm"), "calm", False),
        (start("mood", mood="calm"), "calm", False),
        (event("mood.change", text="calm"), "calm", False),
        (event("interaction.status_update", interaction_id="v1", status="in_progress"), "", True),
    ],
)
def test_text_that_is_not_part_of_the_answer_is_kept(payload, text, is_known):
    stream = load(CREATED, payload, event("interaction.completed", interaction={"status": "completed"}))
    assert (stream.text(), stream.text("other"), stream.problems == []) == ("", text, is_known)
