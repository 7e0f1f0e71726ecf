"""Search in the calls of an agent."""

import json

import viewer
from tests.conftest import SAMPLES
from tests.support.agent_sessions import NEEDLE, SESSION, answer, call, load, returned, text, user
from viewer.conversation.call_texts import find_in_calls, texts_of_calls


def found(cassette, wanted):
    return [(one.interaction, one.kind, one.tool, one.event) for one in find_in_calls(texts_of_calls(cassette), wanted)]


def test_a_result_is_found_at_the_tool_call_that_it_belongs_to():
    # The result came with the request of call 1, and stands beneath the tool call in call 0.
    assert found(load(*SESSION), NEEDLE.upper()) == [(0, "result", "Bash", 0)]


def test_prompts_answers_tool_calls_and_results_are_found_in_the_order_of_the_calls():
    assert found(load(*SESSION), "weather.py") == [
        (1, "result", "Task", 0),
        (2, "result", "Grep", 0),
        (3, "answer", "", 0),
        (4, "call", "Edit", 0),
    ]
    assert found(load(*SESSION), "<b>please") == [(0, "prompt", "", None)]
    assert found(load(*SESSION), "grep") == [(2, "call", "Grep", 0)]


def test_the_event_of_an_answer_in_pieces_is_the_one_that_brought_the_place():
    weather = viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")
    [one] = [one for one in find_in_calls(texts_of_calls(weather), "warmer: it") if one.kind == "answer"]
    stream = weather.stream_of(one.interaction)
    so_far = "".join(stream.chunks.query("kind == 'content' and event <= @one.event")["text"])
    before = "".join(stream.chunks.query("kind == 'content' and event < @one.event")["text"])
    place = stream.text().index("warmer: it")
    assert len(before) <= place < len(so_far)


def test_messages_that_every_request_repeats_are_found_once():
    asked = {"role": "user", "content": "Is it raining in Lima?"}
    entries = [
        {
            "request": {
                "method": "POST",
                "url": "https://api.openai.com/v1/chat/completions",
                "postData": {"text": json.dumps({"messages": [asked, {"role": "user", "content": f"and {place}?"}]})},
            },
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": "{}"}},
        }
        for place in ("Oslo", "Rome")
    ]
    cassette = viewer.load(json.dumps({"log": {"version": "1.2", "entries": entries}}).encode(), "a.har")
    assert found(cassette, "lima") == [(0, "prompt", "", None)]
    assert found(cassette, "rome") == [(1, "prompt", "", None)]


def test_the_words_around_and_the_number_of_places_are_told():
    lines = "line needle\n" * 20_000
    cassette = load(
        user(1, "Go"),
        answer(2, "m1", call("t1")),
        user(3, returned("t1", f"first {lines}")),
        answer(4, "m2", text("ok")),
    )
    [one] = find_in_calls(texts_of_calls(cassette), "needle")
    assert (one.before, one.found, one.times) == ("first line ", "needle", 20_000)
    assert one.after.startswith("\nline needle")
    assert len(one.after) == 80


def test_blanks_alone_find_nothing_and_no_character_is_an_expression():
    texts = texts_of_calls(load(*SESSION))
    assert find_in_calls(texts, "  ") == []
    assert find_in_calls(texts, ".*") == []
