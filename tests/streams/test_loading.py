"""Which interaction is shown first, and what is said of responses that are no streams."""

import json

import pytest

import viewer
from viewer.cli.main import main

CHUNK = (
    'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hail"}}]}\n\ndata: [DONE]\n\n'
)
ANSWER = '{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hail"}}]}'


def entry(media_type, text, status=200):
    return {
        "request": {"method": "GET", "url": "https://a.example/x"},
        "response": {"status": status, "content": {"mimeType": media_type, "text": text}},
    }


STREAM, OTHER_STREAM = entry("text/event-stream", CHUNK), entry("text/event-stream", 'data: {"tick":1}\n\n')
PICTURE, PAGE, EMPTY = entry("image/png", "x"), entry("text/html", "<p>"), entry("text/html", "")
JSON, FAILED = entry("application/json", ANSWER), entry("application/json", '{"error":"no"}', 429)


def load(*entries):
    return viewer.load(json.dumps({"log": {"version": "1.2", "entries": entries}}).encode(), "a.har")


def test_responses_of_a_browser_are_counted_in_one_note():
    cassette = load(OTHER_STREAM, *[PICTURE] * 500, STREAM, *[PAGE] * 399, EMPTY)
    [note] = [one for one in cassette.problems if "not streamed" in one.message]
    assert note.message == "900 of 902 responses were not streamed: 500 image/png, 399 text/html, 1 without a body."
    assert (note.severity, note.interaction) == ("note", None)
    assert cassette.main_interaction == 501


def test_failures_are_named_one_by_one_among_many_other_responses():
    cassette = load(*[PICTURE] * 9, FAILED, entry("text/event-stream", "nothing"))
    said = {one.interaction: one.message for one in cassette.problems}
    assert said[9] == "The server answered 429: no."
    assert "has no events" in said[10]
    assert said[None].startswith("9 of 11 responses")


def test_a_few_responses_have_a_note_each():
    assert [one.interaction for one in load(PICTURE, STREAM, PAGE).problems if one.severity == "note"] == [0, 2]


@pytest.mark.parametrize(
    ("entries", "first"),
    [
        ([PICTURE, STREAM, STREAM], 1),
        ([OTHER_STREAM, PICTURE, STREAM], 2),
        ([PICTURE, OTHER_STREAM, JSON], 2),
        ([PICTURE, OTHER_STREAM, PAGE], 1),
        ([PICTURE, FAILED, JSON], 2),
        ([PICTURE, FAILED], 1),
        ([PICTURE, PAGE], 0),
    ],
)
def test_a_reply_of_a_model_is_shown_first(entries, first):
    assert load(*entries).main_interaction == first


def test_show_prints_the_models_stream(tmp_path, capsys):
    path = tmp_path / "a.har"
    path.write_text(json.dumps({"log": {"entries": [OTHER_STREAM, *[PICTURE] * 9, STREAM]}}))
    assert main(["show", str(path)]) == 0
    out, err = capsys.readouterr()
    assert "openai-chat" in out
    assert "9 of 11 responses were not streamed" in out
    assert "using interaction 10" in err
