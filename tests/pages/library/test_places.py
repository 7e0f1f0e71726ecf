import json

import pytest

import viewer
from viewer.pages.library.places import TextPlace, address_of, place_in


def event(**delta):
    choice = {"index": delta.pop("choice", 0), "delta": delta}
    return f"data: {json.dumps({'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n"


def call(index, **function):
    return event(tool_calls=[{"index": index, "function": function}])


@pytest.fixture(scope="module")
def cassette():
    events = [
        event(content="In "),
        event(content="Lima", choice=1),
        event(content="Oslo"),
        call(0, name="weather", arguments='{"city":'),
        call(0, arguments='"Lima"}'),
        call(1, name="time", arguments="{}"),
    ]
    return viewer.load("".join(events).encode(), "a.sse")


@pytest.mark.parametrize(
    ("column", "offset", "address"),
    [
        ("content", 0, {"event": "0"}),
        ("content", 2, {"event": "0"}),
        ("content", 3, {"event": "2"}),
        # After "In Oslo" and the end of its line.
        ("content", 8, {"event": "1", "choice": "1"}),
        ("content", 99, {}),
        ("tools", 0, {"event": "3"}),
        ("tools", len("weather "), {"event": "3"}),
        ("tools", len('weather {"city":'), {"event": "4"}),
        ("tools", len('weather {"city":"Lima"} '), {"event": "5"}),
        ("request", 5, {"tab": "Request"}),
    ],
)
def test_a_place_is_shown_at_the_event_that_added_it(cassette, column, offset, address):
    assert address_of(cassette, 0, TextPlace(column, offset)) == address


def test_a_place_in_a_response_without_a_stream_opens_the_recording_alone(cassette):
    assert address_of(cassette, 7, TextPlace("content", 0)) == {}


def test_an_address_that_names_no_place_is_ignored():
    assert place_in(TextPlace("tools", 17).written()) == TextPlace("tools", 17)
    assert [place_in(text) for text in ("", "tools", "tools:x", "name:1", "tools:-1", "tools:" + "9" * 20)] == [
        None
    ] * 6
