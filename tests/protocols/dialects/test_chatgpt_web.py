"""ChatGPT's web page: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000
VERSION = 'event: delta_encoding\ndata: "v1"\n\n'
PART = "/message/content/parts/0"
DONE = {"type": "message_stream_complete", "conversation_id": "c"}


def message(*parts, identity="m", role="assistant", kind="text", status="in_progress", metadata=None, **fields):
    content = {"content_type": kind, "parts": [*parts]}
    metadata = {"model_slug": "gpt-x", **(metadata or {})}
    return {
        "id": identity,
        "author": {"role": role},
        "content": content,
        "status": status,
        "metadata": metadata,
        **fields,
    }


def change(path=None, operation=None, value=None):
    fields = {"p": path, "o": operation}
    return {**{name: one for name, one in fields.items() if one is not None}, "v": value}


def begin(*parts, **fields):
    return change("", "add", {"message": message(*parts, **fields), "conversation_id": "c"})


def load(*events, first=VERSION):
    return read(first + "".join(f"data: {json.dumps(one)}\n\n" for one in events).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def test_changes_append_to_the_answer():
    finished = [
        change(PART, "append", "."),
        change("/message/status", "replace", "finished_successfully"),
        change("/message/metadata", "append", {"finish_details": {"type": "stop"}}),
    ]
    stream = load(begin(""), change(PART, "append", "Dry"), change(value=" now"), change("", "patch", finished), DONE)
    assert (stream.protocol, stream.model, stream.text()) == ("chatgpt-web", "gpt-x", "Dry now.")
    assert (stream.finish_reason, stream.complete, stream.problems) == ("stop", True, [])


def test_a_list_of_changes_may_leave_out_that_it_is_one():
    more = [change(PART, "append", "b"), change("/message/status", "replace", "in_progress")]
    assert load(begin(""), change("", "patch", [change(PART, "append", "a")]), change(value=more), DONE).text() == "ab"


def test_changes_in_a_list_have_paths_from_where_the_list_is():
    nested = [change("/parts/0", "append", "b"), change("", "patch", [change("/parts/0", "append", "c")])]
    assert load(begin("a"), change("/message/content", "patch", nested), DONE).text() == "abc"


def test_a_text_can_be_cut_and_replaced():
    stream = load(begin("Dry ok"), change(PART, "truncate", 4), change(PART, "append", "now"), DONE)
    assert (stream.text(), [one.severity for one in stream.problems]) == ("Dry now", ["note"])
    assert load(begin("Wet"), change(PART, "replace", "Dry"), DONE).text() == "Dry"
    assert load(begin("Dry"), change("/message/content/parts", "replace", ["Dry."]), DONE).text() == "Dry."
    assert (
        load(
            begin("a"),
            change("/message/content/parts", "append", ["b"]),
            change("/message/content/parts/1", "append", "c"),
        ).text()
        == "abc"
    )


def test_thoughts_are_reasoning():
    thought = {"summary": "Looking", "content": "Hm", "chunks": ["Hm"], "finished": False}
    stream = load(
        begin(kind="thoughts", identity="t"),
        change("/message/content/thoughts", "append", [thought]),
        change("/message/content/thoughts/0/content", "append", " so."),
        change("/message/content/thoughts/0/chunks/0", "append", " so."),
        begin("Dry", status="finished_successfully"),
    )
    assert (stream.text("reasoning"), stream.text(), stream.complete) == ("LookingHm so.", "Dry", True)


def test_messages_of_others_and_to_tools_are_of_kind_other():
    stream = load(
        begin("Dry?", role="user", identity="u", status="finished_successfully"),
        begin("search rain", recipient="web.run", identity="s"),
        change(PART, "append", " today"),
        begin("Yes", identity="a"),
    )
    assert (stream.text(), stream.text("other"), stream.complete) == ("Yes", "Dry?search rain today", False)


def test_a_channel_says_which_message_changes():
    stream = load(
        {**begin("", identity="a"), "c": 0},
        {**begin("", identity="t", kind="thoughts"), "c": 1},
        change("/message/content/thoughts", "append", [{"summary": "", "content": "Hm"}]),
        {**change(PART, "append", "Dry"), "c": 0},
        change(value=" now"),
        {**change("/message/content/thoughts/0/content", "append", "."), "c": 1},
        DONE,
    )
    assert (stream.text(), stream.text("reasoning"), stream.problems) == ("Dry now", "Hm.", [])
    assert [kind for kind, _ in rows(stream)].count("start") == 3


def test_what_is_said_to_and_by_tools_is_noted():
    call = begin(identity="s", kind="code", recipient="python")
    call["v"]["message"]["content"] = {"content_type": "code", "text": ""}
    answer = begin("42", role="tool", identity="r")
    answer["v"]["message"]["author"]["name"] = "python"
    code = [change("/message/content/text", "append", "6"), change(value="*7")]
    stream = load(call, *code, answer, begin("It is 42.", identity="a"), DONE)
    assert [(step.is_call, step.name, step.text) for step in stream.tool_steps] == [
        (True, "python", "6*7"),
        (False, "python", "42"),
    ]
    assert (stream.text(), stream.text("other")) == ("It is 42.", "6*742")


def test_growing_messages_are_read():
    stream = load(
        *({"message": message(text), "conversation_id": "c", "error": None} for text in ("", "Dry", "Dry now.")),
        {
            "message": message("Dry now.", end_turn=True, metadata={"finish_details": {"type": "stop"}}),
            "conversation_id": "c",
        },
        {"type": "title_generation", "title": "Rain", "conversation_id": "c"},
        first="",
    )
    assert (stream.protocol, stream.text(), stream.text("other")) == ("chatgpt-web", "Dry now.", "Rain")
    assert (stream.finish_reason, stream.complete) == ("stop", True)


def test_an_error_is_read():
    stream = load(begin("a"), {"error": {"message": "Too many requests"}})
    assert (stream.error.message, stream.complete) == ("Too many requests", False)
    assert load(begin("a"), {"message": None, "error": "boom"}).error.message == "boom"
    assert load(begin("a"), change("/error", "replace", "boom")).error.message == "boom"


def test_unknown_events_and_content_with_text_are_shown_and_reported():
    stream = load(begin("a"), {"type": "murmur", "text": "psst"}, {"type": "tick"}, {"note": "hush now"}, DONE)
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["psst", "hush now"]
    assert ["murmur" in one.message for one in stream.problems] == [True]
    stream = load(begin("x = 1", kind="canvas"), DONE)
    assert (stream.text(), stream.text("other")) == ("", "x = 1")


def test_others_are_not_taken_for_it():
    patch = {"o": "replace", "p": "/temperature", "v": 21}
    assert load(patch, patch, first="").protocol != "chatgpt-web"
    chat = {"conversation_id": "c", "message": {"role": "assistant", "content": "Hi"}}
    assert load(chat, chat, first="").protocol != "chatgpt-web"
    assert (
        load(
            {"choices": [{"index": 0, "delta": {"content": "a"}}], "object": "chat.completion.chunk"}, first=""
        ).protocol
        == "openai-chat"
    )


def test_a_recording_that_breaks_off_is_reported():
    events = (begin(""), change(PART, "append", "a"), change(value="b"), change(value="c"))
    stream = read("".join(f"data: {json.dumps(one)}\n\n" for one in events)[:-5])
    assert (stream.text(), stream.complete) == ("ab", False)
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    paths = (
        "",
        "/",
        "/message",
        "/message/content",
        "/message/content/parts",
        "/message/content/thoughts",
        PART + "9",
        "/message/metadata",
    )
    events = [odd, {"type": odd}, {"message": odd}, {"error": odd}, {"v": odd, "p": odd, "o": odd}]
    events += [
        change(path, operation, odd) for path in paths for operation in ("patch", "truncate", "remove", "append", "x")
    ]
    events += [
        begin(odd, identity="o"),
        begin(identity=odd),
        change("", "add", {"message": {"content": odd, "author": odd}}),
    ]
    events += [
        begin(metadata={"finish_details": odd, "model_slug": odd}, status=odd, kind=odd, recipient=odd, identity="q")
    ]
    events += [change("", "patch", [odd, {"p": odd, "o": odd, "v": odd}]), {"type": "title_generation", "title": odd}]
    events = [begin("still", identity="1"), begin(identity="3"), *events, begin(" here", identity="2")]
    stream = load(*events, first="")
    assert stream.protocol == "chatgpt-web"
    assert stream.chunks["event"].nunique() == len(events)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
