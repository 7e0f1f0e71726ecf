"""Server-sent events, against the examples and rules of the WHATWG standard, section 9.2.6."""

import re

import openai._streaming
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.wire import Event, sse
from viewer.wire.sse_columns import read_columns
from viewer.wire.sse_lines import read_units
from viewer.wire.sse_oddities import as_units


def dispatched(body):
    return [(event.name, event.data) for event in sse.decode(body) if event.data is not None]


PIECES = [
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"data: a",
    b"data:",
    b"data",
    b"event: e",
    b": c",
    b":",
    b" ",
    b"id: 1",
    b"\xef\xbb\xbf",
]
bodies = st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # The standard's own examples.
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", [("message", b"YHOO\n+2\n10")]),
        (
            b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [("message", b"first event"), ("message", b"second event"), ("message", b" third event")],
        ),
        (b"data\n\ndata\ndata\n\n", [("message", b""), ("message", b"\n")]),
        (b"data:test\n\ndata: test\n\n", [("message", b"test"), ("message", b"test")]),
        # Its rules on types, fields and separators.
        (b"event: add\ndata: 1\n\ndata: 2\n\n", [("add", b"1"), ("message", b"2")]),
        (b"event: only\n\ndata: x\n\n", [("message", b"x")]),
        (b"retry: 10\nother: x\ndata: x\n\n", [("message", b"x")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [("message", b"a"), ("message", b"b")]),
        (b"data: a\r\rdata: b\r\r", [("message", b"a"), ("message", b"b")]),
        (b"data: a\r\n\ndata: b\n\r\n", [("message", b"a"), ("message", b"b")]),
        (b"\xef\xbb\xbfdata: bom\n\n", [("message", b"bom")]),
        (b"data: a\xe2\x80\xa8b\xc2\x85c\x0bd\n\n", [("message", b"a\xe2\x80\xa8b\xc2\x85c\x0bd")]),
        (b"\n\n\ndata: a\n\n\n\n", [("message", b"a")]),
        (b"", []),
        (b"\n\n", []),
    ],
)
def test_a_body_is_split_as_the_standard_says(body, expected):
    assert dispatched(body) == expected


def test_a_comment_between_events_is_a_unit_of_its_own():
    assert list(sse.decode(b": ping\n\ndata: a\n\n: x\n: y\ndata: b\n\n")) == [
        Event(0, 8, "", None),
        Event(8, 9, "message", b"a"),
        Event(17, 4, "", None),
        Event(21, 4, "", None),
        Event(25, 9, "message", b"b"),
    ]


def test_a_comment_inside_an_event_is_part_of_it():
    assert list(sse.decode(b"data: a\n: why\ndata: b\n\n")) == [Event(0, 23, "message", b"a\nb")]


@pytest.mark.parametrize("body", [b"data: a", b"data: a\n", b"data: a\r\n", b"data: x\n\ndata: a"])
def test_an_event_that_is_cut_off_is_kept_and_marked(body):
    events = sse.decode(body)
    assert events.data[-1] == b"a"
    assert events.unterminated


@pytest.mark.parametrize("body", [b"data: a\n\n", b"data: a\r\n\r\n", b"data: a\r\r", b"data: a\r\n\n", b""])
def test_a_body_that_ends_with_a_blank_line_is_terminated(body):
    assert not sse.decode(body).unterminated


@given(bodies)
@example(b"\xef\xbb\xbf\n\ndata: a\n\n")
@example(b"data: a\r\n\r\n\r\ndata: b")
def test_the_raw_slices_of_the_units_are_the_body(body):
    events = sse.decode(body)
    slices = [body[event.offset : event.offset + event.size] for event in events]
    assert b"".join(slices) == (body if len(events) else b"")


@given(bodies, st.sampled_from([b"\n", b"\r\n"]))
@example(b"data: a\n\n: x\n: y\ndata: b\n\nevent: e\ndata:c", b"\n")
@example(b"event: e\nevent: f\n\nevent:\ndata:\n\ndata\n\nevent: e\n\n", b"\r\n")
def test_the_fast_reader_and_the_line_reader_agree(body, newline):
    body = re.sub(rb"\r\n|\r|\n", b"\n", body).replace(b"\n", newline)
    start = 3 if body.startswith(b"\xef\xbb\xbf") else 0
    columns = read_columns(body, start, newline)
    assert as_units(columns) == read_units(body[start:], start)


@given(st.data())
def test_a_body_that_is_cut_off_keeps_every_event_that_was_closed_before(seed_body, data):
    whole = list(sse.decode(seed_body))
    assert len(whole) == 163
    cut = data.draw(st.integers(0, len(seed_body)))
    kept = [event for event in whole if event.offset + event.size <= cut]
    assert list(sse.decode(seed_body[:cut]))[: len(kept)] == kept


@given(st.data())
def test_two_parts_of_a_body_that_is_cut_between_events_give_its_events(seed_body, data):
    whole = list(sse.decode(seed_body))
    cut = data.draw(st.sampled_from([event.offset for event in whole]))
    rest = [event._replace(offset=event.offset + cut) for event in sse.decode(seed_body[cut:])]
    assert [*sse.decode(seed_body[:cut]), *rest] == whole


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])), max_size=8))
def test_the_official_sdk_reads_the_same_payloads(texts):
    body = "".join(f"data: {text}\n\n" for text in texts).encode()
    theirs = [event.data for event in openai._streaming.SSEDecoder().iter_bytes(iter([body]))]
    assert [data.decode() for _, data in dispatched(body)] == theirs
