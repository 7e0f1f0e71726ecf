"""Texts that repeat themselves from event to event."""

import numpy as np
import pytest

from viewer.protocols.cumulative_text import CumulativeText, is_cumulative
from viewer.protocols.reading import Reading
from viewer.types.chunk_table import CONTENT, OTHER, REASONING
from viewer.wire import Events

EVENTS = Events(np.zeros(9, dtype=np.int64), np.zeros(9, dtype=np.int32), ["message"] * 9, [b"{}"] * 9)


def rows(reading):
    return list(zip(reading.kind, reading.text, strict=True))


def test_each_event_adds_what_is_new():
    reading = Reading()
    text = CumulativeText(reading, REASONING)
    for event, whole in enumerate(["Fog", "Fog", "Fog at"]):
        text.update(EVENTS, event, whole, stamp=float(event))
    text.append(3, " sea")
    assert (text.shown, rows(reading)) == ("Fog at sea", [(REASONING, "Fog"), (REASONING, " at"), (REASONING, " sea")])
    assert reading.stamp[1] == 2.0
    assert reading.problems == []


def test_a_text_that_does_not_continue_replaces_only_its_end():
    reading = Reading()
    text = CumulativeText(reading)
    for event, whole in enumerate(["Fog", "Fog at sea", "Fog in town"]):
        text.update(EVENTS, event, whole)
    assert rows(reading) == [(CONTENT, "Fog"), (CONTENT, " "), (CONTENT, "in town")]
    assert len(reading.problems) == 1


def test_a_text_between_which_another_came_is_replaced_as_a_whole():
    reading = Reading()
    first, second = CumulativeText(reading), CumulativeText(reading)
    first.update(EVENTS, 0, "draft")
    second.update(EVENTS, 1, "b")
    first.update(EVENTS, 2, "done")
    assert rows(reading) == [(OTHER, "draft"), (CONTENT, "b"), (CONTENT, "done")]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["He", "Hello", "Hello you"], True),
        (["", "He", "He", "Hello"], True),
        (["He", "llo"], False),
        (["1", "1", "1"], False),
        (["He"], False),
        ([], False),
        (["He", "Hello", " you"], False),
    ],
)
def test_texts_are_cumulative_if_each_repeats_the_one_before(texts, expected):
    assert is_cumulative(texts) is expected
