"""Newline-delimited JSON: each line is an event, whatever the line ends and blank lines."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.wire import Event, ndjson

LINES = b'{"a":1}\n{"b":2}\n'


def payloads(body):
    return list(ndjson.decode(body).data)


def test_every_line_is_an_event_with_its_offset_and_line_end():
    assert list(ndjson.decode(LINES)) == [Event(0, 8, "message", b'{"a":1}'), Event(8, 8, "message", b'{"b":2}')]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1}\n{"b":2}',
        b'{"a":1}\r\n{"b":2}\r\n',
        b'\n\n{"a":1}\n\n{"b":2}\n\n',
        b' {"a":1} \n\t{"b":2}\t\n   \n',
    ],
)
def test_line_ends_and_blank_lines_make_no_difference(body):
    assert payloads(body) == [b'{"a":1}', b'{"b":2}']


def test_other_line_separators_do_not_end_an_event():
    body = '{"a":"x\u2028y\u0085z"}\n'.encode()
    assert payloads(body) == [body[:-1]]


def test_a_line_that_is_not_json_is_also_an_event():
    assert payloads(b'{"a":1}\noops\n{"b":') == [b'{"a":1}', b"oops", b'{"b":']


def test_a_line_that_is_cut_off_is_kept_and_marked():
    assert ndjson.decode(LINES + b'{"c":').unterminated
    assert not ndjson.decode(LINES).unterminated


def test_a_complete_last_line_needs_no_line_end():
    assert not ndjson.decode(LINES.rstrip()).unterminated


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n \n"])
def test_a_body_without_text_has_no_event(body):
    events = ndjson.decode(body)
    assert len(events) == 0
    assert list(events) == []


@given(st.lists(st.sampled_from([b"{}", b'{"a":1}', b"\n", b"\r\n", b" ", b"x", b"\xff", b"\x00"])).map(b"".join))
@example(b"\n\n{}\n\n{}")
def test_the_raw_slices_of_the_units_are_the_body(body):
    events = ndjson.decode(body)
    slices = [body[event.offset : event.offset + event.size] for event in events]
    assert b"".join(slices) == (body if len(events) else b"")
    assert [raw.strip() for raw in slices] == events.data


@pytest.mark.parametrize(
    ("content_type", "body", "sureness"),
    [
        ("application/x-ndjson", b"", 80),
        ("application/stream+json", b'{"a":1}', 80),
        ("application/json", LINES, 60),
        ("", b'\n {"a":1}\r\n {"b":2}', 60),
        ("", b'{"a":1}', 0),
        ("", b'{\n  "a": 1\n}\n', 0),
        ("", b"[1]\n[2]\n", 0),
        ("", b'{"a":1}\noops\n', 0),
        ("text/event-stream", b"data: {}\n\n", 0),
        ("", b"", 0),
    ],
)
def test_the_media_type_or_two_lines_of_json_objects_are_recognised(content_type, body, sureness):
    assert ndjson.recognise(content_type, body) == sureness


@pytest.mark.parametrize("between", [b"", b" "])
def test_several_values_on_a_line_are_events_with_a_note(between):
    body = b'{"a":"}{"}\n{"b":2}' + between + b'{"c":3}\r\n{"d":'
    events = ndjson.decode(body)
    assert events.data == [b'{"a":"}{"}', b'{"b":2}', b'{"c":3}', b'{"d":']
    assert b"".join(body[one.offset : one.offset + one.size] for one in events) == body
    assert [problem.severity for problem in events.problems] == ["note"]
    assert ndjson.decode(LINES).problems == ()


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    assert payloads(b"\xef\xbb\xbf" + LINES) == payloads(LINES)
    assert ndjson.recognise("", b"\xef\xbb\xbf" + LINES) == 60
