"""ChatKit: a small synthetic stream for each rule.

What is expected is what openai-chatkit 1.6.5 makes of the same events: `ThreadStreamEvent` and the functions by which `ChatKitServer`
applies updates to its items.
"""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000
CREATED_AT = "2026-05-03T10:00:00Z"
SOURCE = {"type": "annotation", "source": {"type": "url", "title": "Radar", "url": "https://example.org"}}


def item(step, kind, identity="m", **fields):
    held = {"id": identity, "thread_id": "t", "created_at": CREATED_AT, "type": kind, **fields}
    return {"type": f"thread.item.{step}", "item": held}


def update(kind, identity="m", **fields):
    return {"type": "thread.item.updated", "item_id": identity, "update": {"type": kind, **fields}}


def part(text, *annotations):
    return {"type": "output_text", "text": text, "annotations": [*annotations]}


def message(step, *parts, identity="m"):
    return item(step, "assistant_message", identity, content=[*parts])


def delta(text, index=0, identity="m"):
    return update("assistant_message.content_part.text_delta", identity, content_index=index, delta=text)


def whole(step, text, *annotations):
    return update(f"assistant_message.content_part.{step}", content_index=0, content=part(text, *annotations))


def workflow(step, *tasks):
    return item(step, "workflow", "w", workflow={"type": "reasoning", "tasks": [*tasks]})


def task(step, content, kind="thought", index=0, **fields):
    return update(f"workflow.task.{step}", "w", task_index=index, task={"type": kind, "content": content, **fields})


def load(*events):
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events).replace('"@deep@"', DEEP)
    return viewer.load(body.encode()).streams[0]


def rows(stream, *left_out):
    pairs = zip(stream.chunks["kind"], stream.chunks["text"], strict=True)
    return [pair for pair in pairs if pair[0] not in left_out]


def test_a_message_is_its_deltas_and_what_completes_it_adds_nothing():
    stream = load(
        {"type": "thread.created", "thread": {"id": "t", "created_at": CREATED_AT, "items": {"data": []}}},
        item("done", "user_message", "u", content=[{"type": "input_text", "text": "Rain today?"}]),
        {"type": "stream_options", "stream_options": {"allow_cancel": True}},
        message("added"),
        whole("added", ""),
        delta("Dry"),
        delta(" today."),
        whole("done", "Dry today."),
        message("done", part("Dry today.")),
    )
    assert (stream.protocol, stream.text(), stream.text("other")) == ("chatkit", "Dry today.", "Rain today?")
    assert (stream.complete, stream.finish_reason, stream.problems) == (True, None, [])


@pytest.mark.parametrize("events", [[message("done", part("Dry."))], [message("added", part("Dr")), delta("y.")]])
def test_text_may_come_with_the_item(events):
    assert load(*events).text() == "Dry."


def test_a_message_that_is_complete_counts():
    stream = load(message("added"), delta("Wet"), message("done", part("Dry")))
    assert (stream.text(), stream.text("other")) == ("Dry", "Wet")
    assert stream.problems[0].severity == "note"


def test_deltas_of_two_parts_are_told_apart():
    parts = part("Dry."), part("Warm.")
    assert load(message("added"), delta("Dry."), delta("Warm.", 1), message("done", *parts)).text() == "Dry.Warm."


def test_each_annotation_is_a_citation_once():
    added = update(
        "assistant_message.content_part.annotation_added", content_index=0, annotation_index=0, annotation=SOURCE
    )
    stream = load(message("added"), delta("Dry."), added, whole("done", "Dry."), message("done", part("Dry.", SOURCE)))
    assert [json.loads(text) for kind, text in rows(stream) if kind == "citation"] == [SOURCE]
    assert [kind for kind, _ in rows(load(message("done", part("Dry.", SOURCE))))].count("citation") == 1


def test_thoughts_are_reasoning_and_other_tasks_are_not():
    stream = load(
        workflow("added"),
        task("added", "Check"),
        task("updated", "Check radar.", title="Weather"),
        task("added", "Two sources", "custom", 1, title="Read"),
        workflow("done", {"type": "thought", "content": "Check radar.", "title": "Weather"}),
        message("done", part("Dry.")),
    )
    assert (stream.text("reasoning"), stream.text()) == ("Check radar.", "Dry.")
    assert stream.text("other") == "WeatherRead\nTwo sources"


def test_a_call_of_the_client_is_a_tool_call():
    call = {"call_id": "c", "name": "set_alarm", "arguments": {"at": "7:00"}, "status": "pending"}
    events = [item(step, "client_tool_call", "x", **call) for step in ("added", "done")]
    other = item("done", "client_tool_call", "y", **{**call, "call_id": "d", "status": "completed", "output": "set"})
    stream = load(*events, other)
    assert [(one.id, one.name, one.arguments) for one in stream.tool_calls] == [
        ("c", "set_alarm", '{"at":"7:00"}'),
        ("d", "set_alarm", '{"at":"7:00"}'),
    ]
    assert [(step.id, step.text) for step in stream.tool_steps] == [("d", "set")]
    assert stream.complete


def test_the_streamed_text_of_a_widget_is_content_and_its_labels_are_not():
    def card(text, *, streaming):
        markdown = {"type": "Markdown", "id": "md", "value": text, "streaming": streaming}
        return {"type": "Card", "children": [{"type": "Text", "value": "Forecast"}, markdown]}

    stream = load(
        item("added", "widget", "g", widget=card("Dr", streaming=True)),
        update("widget.streaming_text.value_delta", "g", component_id="md", delta="y.", done=False),
        item("done", "widget", "g", widget=card("Dry.", streaming=False)),
    )
    assert (stream.text(), stream.text("other"), stream.problems) == ("Dry.", "Forecast", [])


def test_an_item_that_is_removed_is_taken_back():
    removed = {"type": "thread.item.removed", "item_id": "m"}
    stream = load(message("added"), delta("Wet."), removed, message("done", part("Dry."), identity="n"))
    assert (stream.text(), stream.text("other")) == ("Dry.", "Wet.")


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ({"type": "progress_update", "icon": "bolt", "text": "Searching"}, "Searching"),
        ({"type": "notice", "level": "info", "message": "One left", "title": "Limit"}, "One left"),
        ({"type": "client_effect", "name": "refresh", "data": {}}, ""),
        ({"type": "thread.updated", "thread": {"id": "t", "title": "Rain today"}}, "Rain today"),
        (item("done", "task", "k", task={"type": "web_search", "queries": ["rain at noon"]}), "rain at noon"),
        (item("done", "structured_input", "q", inputs=[{"question": "Which city?"}]), "Which city?"),
        (item("added", "generated_image", "i"), ""),
        (update("generated_image.updated", "i", image={"url": "data:image/png;base64,AAAA"}), "image/png, 3 bytes"),
        (item("done", "generated_image", "i", image={"url": "https://e.org/a"}), "image, https://e.org/a"),
        (update("widget.root.updated", "g", widget={"type": "Text", "value": "Forecast"}), "Forecast"),
        (update("widget.component.updated", "g", component={"type": "Text", "value": "Sun"}, component_id="a"), "Sun"),
        (item("done", "end_of_turn", "e"), ""),
    ],
)
def test_every_other_event_is_known(event, shown):
    stream = load(message("added"), delta("Dry."), message("done", part("Dry.")), event)
    assert (stream.text(), stream.text("other"), stream.error) == ("Dry.", shown, None)
    assert not any("unknown" in problem.message for problem in stream.problems)


@pytest.mark.parametrize(
    ("error", "message_of_error"),
    [({"code": "custom", "message": "Too busy"}, "Too busy"), ({"code": "stream.error"}, "stream.error")],
)
def test_an_error_keeps_what_came_before(error, message_of_error):
    stream = load(message("added"), delta("so far"), {"type": "error", "allow_retry": True, **error})
    assert (stream.text(), stream.error.message, stream.error.code) == ("so far", message_of_error, error["code"])
    assert not stream.complete


def test_a_stream_that_breaks_off_is_reported():
    stream = load(message("added"), delta("Dry"))
    assert (stream.text(), stream.complete) == ("Dry", False)
    assert "broke off" in stream.problems[0].advice


@pytest.mark.parametrize(
    "event", [{"type": "murmur", "text": "psst"}, update("murmur", text="psst"), item("done", "murmur", text="psst")]
)
def test_unknown_text_is_shown_and_reported(event):
    stream = load(message("added"), delta("a"), event)
    assert (stream.text(), stream.text("other")) == ("a", "psst")
    assert "'murmur'" in stream.problems[0].message


@pytest.mark.parametrize(
    "odd",
    [
        None,
        3,
        "no",
        "@deep@",
        [],
        {},
        {"type": "thread.item.added", "item": None},
        {"type": "thread.item.updated", "update": None},
        {"type": "thread.item.removed"},
        message("done", None, "x", {"text": 1, "annotations": 3}, identity="z"),
        workflow("done", None, "x"),
        task("updated", None),
        item("done", "widget", "z", widget=[{"id": [], "streaming": True, "value": None}, "@deep@"]),
        item("done", "client_tool_call", "z", arguments=None),
        update("assistant_message.content_part.text_delta", content_index=None, delta=None),
    ],
)
def test_a_malformed_event_does_not_affect_others(odd):
    stream = load(message("added"), delta("a"), odd, delta("b"))
    assert stream.text() == "ab"
