"""goose: session files, exports and `goose run`, opened as one interaction for each call."""

import json

import pytest

import viewer
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import goose_session

START_S = 1_770_091_500
META = {"working_dir": "/w", "description": "Dry", "message_count": 6, "total_tokens": 180}
META |= {"accumulated_input_tokens": 360, "accumulated_output_tokens": 40, "accumulated_total_tokens": 400}


def message(role, at, *content, **fields):
    return {"role": role, "created": START_S + at, "content": list(content), **fields}


def text(words):
    return {"type": "text", "text": words}


def call(call_id, **arguments):
    value = {"name": "developer__shell", "arguments": arguments}
    return {"type": "toolRequest", "id": call_id, "toolCall": {"status": "success", "value": value}}


def returned(call_id, *content, **fields):
    result = fields or {"status": "success", "value": {"content": [*content], "isError": False}}
    return {"type": "toolResponse", "id": call_id, "toolResult": result}


MESSAGES = (
    message("user", 1, text("Is it dry?")),
    message(
        "assistant",
        3,
        {"type": "thinking", "thinking": "Look.", "signature": "x"},
        text("Looking."),
        call("a"),
        call("b"),
    ),
    message("user", 9, returned("a", text("dry")), returned("b", status="error", error="-32603: no")),
    message("assistant", 11, text("It is dry.")),
    message("user", 30, text("Thanks.")),
    message("assistant", 32, text("Gladly.")),
)


def load(*lines, end="\n"):
    return viewer.load(("\n".join(map(json.dumps, lines)) + end).encode(), "session.jsonl")


def document(**fields):
    return viewer.load(json.dumps(fields, indent=2).encode(), "session.json")


@pytest.mark.parametrize(
    "cassette", [load(META, *MESSAGES), document(id="x", **META, conversation=MESSAGES), document(messages=MESSAGES)]
)
def test_an_answer_up_to_the_next_result_is_a_call(cassette):
    assert (cassette.format, cassette.session.program) == ("goose", "goose")
    assert [stream.text() for stream in cassette.streams] == ["Looking.", "It is dry.", "Gladly."]
    assert (cassette.streams[0].text("reasoning"), [one.id for one in cassette.streams[0].tool_calls]) == (
        "Look.",
        ["a", "b"],
    )
    assert [place.turn for place in cassette.session.calls] == [0, 0, 1]
    assert all(stream.complete for stream in cassette.streams)


def test_times_are_whole_seconds():
    cassette = load(META, *MESSAGES)
    first, second = cassette.session.tool_runs
    assert (first.returned.epoch_s - first.called.epoch_s, first.returned.resolution_s) == (6.0, 1.0)
    assert (first.is_error, second.is_error) == (False, True)


def test_the_tokens_of_the_session_are_kept_but_a_total_alone_may_be_of_one_call():
    reported = load(META, *MESSAGES).session.reported
    assert (reported.usage.input, reported.usage.output, reported.usage.total) == (360, 40, 400)
    pieces = [{"type": "message", "message": one} for one in MESSAGES]
    done = {"type": "complete", "total_tokens": 400}
    assert load(*pieces, done).session.reported is None
    assert load(*pieces, {**done, "input_tokens": 360, "output_tokens": 40}).session.reported.usage.total == 400


def test_a_message_that_comes_in_pieces_is_one_call():
    pieces = [
        message("assistant", 3, text("Look"), id="m1"),
        message("assistant", 3, text("ing."), id="m1"),
        message("assistant", 3, call("a"), id="m1"),
        MESSAGES[2],
        MESSAGES[3],
    ]
    lines = [{"type": "message", "message": one} for one in pieces]
    lines.insert(3, {"type": "notification", "extension_id": "developer", "log": {"message": "ran"}})
    cassette = load(*lines, {"type": "complete", "total_tokens": 4})
    assert [stream.text() for stream in cassette.streams] == ["Looking.", "It is dry."]
    assert [[one.id for one in stream.tool_calls] for stream in cassette.streams] == [["a"], []]
    assert (cassette.streams[1].complete, cassette.problems) == (True, [])
    failed = load(*lines[:2], {"type": "error", "error": "No quota"})
    assert (len(failed.streams), failed.streams[0].error.message) == (1, "No quota")


def test_calls_that_may_belong_together_are_noted():
    one_by_one = (
        MESSAGES[0],
        message("assistant", 3, call("a"), id="x"),
        message("user", 3, returned("a", text("dry")), id="y"),
        message("assistant", 3, call("b"), id="z"),
    )
    assert ["at once" in one.message for one in load(META, *one_by_one).problems] == [True]
    assert load(META, *MESSAGES).problems == []


def test_what_only_the_user_or_only_the_model_saw_is_no_call_and_no_prompt():
    summary = message("user", 20, text("Summary"), metadata={"userVisible": False, "agentVisible": True})
    seen = {"type": "systemNotification", "notificationType": "inlineMessage", "msg": "Compacted"}
    notice = message("assistant", 21, seen, metadata={"userVisible": True, "agentVisible": False})
    cassette = load(META, *MESSAGES[:4], summary, notice, MESSAGES[5])
    assert ([stream.text() for stream in cassette.streams][2], len(cassette.session.turns)) == ("Gladly.", 1)
    compacted = message("assistant", 20, {"type": "conversationCompacted", "msg": "Done"})
    assert load(META, *MESSAGES[:4], compacted, *MESSAGES[4:]).session.compacted_before == (2,)


def test_unknown_parts_are_counted_and_a_file_that_was_cut_opens():
    odd = message("assistant", 11, {"type": "whisper", "text": "psst"}, text("It is dry."))
    cassette = load(META, *MESSAGES[:3], odd, end='\n{"role": "us')
    messages = [one.message for one in cassette.problems]
    assert "1 line of unknown types: 1 part whisper." in messages
    assert "The last line is cut off." in messages
    assert cassette.streams[1].text() == "It is dry."


def test_others_are_not_taken_for_it():
    chat = {"created": 1, "choices": [{"delta": {"role": "assistant", "content": "a"}}]}
    for other in (chat, {"role": "user", "created": 1.5, "content": [text("a")]}, {"messages": [{"role": "user"}]}):
        assert goose_session.recognise(Document(json.dumps(other).encode(), "a.json")) == 0
