"""Text in another form or field than in the other events of its kind is shown, with a problem that names the place."""

import json

import pytest

import viewer


def load(*payloads):
    return viewer.load("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode())


def dify(**fields):
    return {"event": "message", "task_id": "t", "message_id": "m", **fields}


def anthropic(delta):
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", **delta}}


def ag_ui(**fields):
    return {"type": "TEXT_MESSAGE_CONTENT", "messageId": "1", **fields}


PROTOCOLS = [
    pytest.param(dify(answer="Dry. "), lambda value: dify(answer=value), "answer", id="dify"),
    pytest.param(anthropic({"text": "Dry. "}), lambda value: anthropic({"text": value}), "delta.text", id="anthropic"),
    pytest.param(ag_ui(delta="Dry. "), lambda value: ag_ui(delta=value), "delta", id="ag-ui"),
]


@pytest.mark.parametrize(("good", "odd", "place"), PROTOCOLS)
@pytest.mark.parametrize(
    ("value", "text"), [({"text": "High tide"}, "High tide"), (["High", "tide"], "High\ntide")], ids=repr
)
def test_text_in_another_form_is_a_row_of_kind_other_and_one_problem(good, odd, place, value, text):
    cassette = load(good, odd(value), odd(value), good)
    [stream] = cassette.streams
    assert stream.chunks["kind"].tolist() == ["content", "other", "other", "content"]
    assert stream.chunks["text"].tolist() == ["Dry. ", text, text, "Dry. "]
    assert [one.message for one in cassette.problems if "unknown" in one.message] == [
        f"Event 1 has text in an unknown form: {place!r}."
    ]


def test_text_in_another_field_is_a_row_of_kind_other_and_one_problem():
    cassette = load(dify(answer="Dry. "), dify(reply="High tide"), dify(answer="Dry. "))
    assert cassette.streams[0].chunks["text"][1] == "High tide"
    assert "Event 1 has text in an unknown field: 'reply'." in [one.message for one in cassette.problems]


@pytest.mark.parametrize("value", [None, "", True, 7, [], {}, {"id": "x"}, [[]], {"a": {"b": []}}], ids=repr)
@pytest.mark.parametrize(("good", "odd", "_place"), PROTOCOLS)
def test_a_place_without_text_is_no_problem(good, odd, _place, value):
    cassette = load(good, odd(value), good)
    assert not any("unknown" in one.message for one in cassette.problems)


def test_objects_of_another_type_are_not_compared():
    signature = {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "signature_delta", "text": {"text": "a b"}},
    }
    cassette = load(anthropic({"text": "Dry."}), signature)
    assert not any("unknown" in one.message for one in cassette.problems)


def test_deep_nesting_breaks_nothing():
    deep = {"text": "High tide"}
    for _ in range(100):
        deep = {"a": [deep]}
    assert len(load(dify(answer="Dry."), dify(answer=deep), dify(**deep)).streams[0].chunks) == 3


def test_a_text_that_repeats_what_was_shown_in_another_form_is_no_problem():
    parts = [("Dry", "m"), ([{"type": "text", "text": "Wet"}], "n"), ([{"type": "text", "text": "Wet"}], "n")]
    events = [
        {"type": "messages", "ns": [], "data": [{"type": "ai", "id": one, "content": text}]} for text, one in parts
    ]
    cassette = load(*events)
    assert cassette.streams[0].text() == "DryWet"
    assert [one.message for one in cassette.problems if "unknown" in one.message] == []
