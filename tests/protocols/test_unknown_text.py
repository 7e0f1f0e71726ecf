"""Text in what a dialect does not know: what counts as text, and how it is reported."""

import numpy as np
import pytest

from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.types.chunk_table import OTHER
from viewer.wire import Events

EVENTS = Events(np.array([0, 40], dtype=np.int64), np.array([40, 40], dtype=np.int32), ["message"] * 2, [b"{}"] * 2)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("Hel", ["Hel"]),
        ({"type": "response.thought.delta", "item_id": "it_1", "delta": "Hel"}, ["Hel"]),
        ({"delta": {"type": "thought_delta", "id": "x", "mood": "calm", "stop_reason": "end"}}, ["calm"]),
        ({"phase": "searching", "results": [{"snippet": "two words"}, {"text": "one"}]}, ["two words", "one"]),
        ({"content": {"deep": [[{"note": "a b"}]]}, "sentAt": "2026-01-01 10:00:00"}, ["a b"]),
        ({"text": "", "output": None, "code": 7, "status": "done", "mood": "calm"}, []),
        ({"delta": {"thought": "iVBORw0KGgo" * 9, "signature": "EqQB"}}, []),
        ({"output": '{"a":1,"b":"' + "x" * 90 + '"}'}, ['{"a":1,"b":"' + "x" * 90 + '"}']),
        (None, []),
        (7, []),
    ],
)
def test_strings_are_text_by_field_by_place_or_by_their_spaces(value, texts):
    assert list(texts_in(value)) == texts


def test_text_nested_a_hundred_thousand_deep_is_found():
    value = "at the bottom"
    for _ in range(100_000):
        value = [value]
    assert list(texts_in(value)) == ["at the bottom"]


def test_text_becomes_a_row_and_each_name_becomes_one_problem():
    reading = Reading()
    unknown = UnknownText(EVENTS, reading)
    assert unknown.add(0, "event type", "response.mood", {"text": "calm"}, choice=1)
    assert unknown.add(1, "event type", "response.mood", {"text": "er"})
    assert not unknown.add(1, "event type", "response.tick", {"status": "ok"})
    assert (reading.text, list(reading.kind), list(reading.choice)) == (["calm", "er"], [OTHER, OTHER], [1, 0])
    (problem,) = reading.problems
    assert (problem.severity, problem.offset) == ("warning", 0)
    assert "event type" in problem.message
    assert "'response.mood'" in problem.message


def test_the_problems_of_a_stream_with_a_new_name_in_every_event_are_limited():
    reading = Reading()
    unknown = UnknownText(EVENTS, reading)
    for number in range(1000):
        unknown.add(0, "field", f"{number}" * 200, "text")
    assert len(reading.text) == 1000
    assert len(reading.problems) == 20
    assert max(len(problem.message) for problem in reading.problems) < 200
