"""JSON values separated by the record separator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.wire import Event, json_seq


def test_every_record_is_an_event_with_its_offset():
    assert list(json_seq.decode(b'{"a":1}\x1e{"b":2}\x1e')) == [
        Event(0, 8, "message", b'{"a":1}'),
        Event(8, 8, "message", b'{"b":2}'),
    ]


@pytest.mark.parametrize(
    "body", [b'\x1e{"a":1}\n\x1e{"b":2}\n', b'{"a":1}\x1e{"b":2}', b'\xef\xbb\xbf{"a":1}\x1e\x1e{"b":2}\x1e']
)
def test_the_separator_may_stand_before_or_after_a_record(body):
    assert json_seq.decode(body).data == [b'{"a":1}', b'{"b":2}']
    assert json_seq.recognise("text/event-stream", body) == json_seq.recognise("application/json-seq", body) == 95


def test_a_single_record_needs_the_media_type_to_be_certain():
    assert json_seq.recognise("application/json-seq", b'\x1e{"a":1}\n') == 80
    assert json_seq.recognise("text/event-stream", b'\x1e{"a":1}\n') == 60


def test_a_record_that_is_cut_off_is_kept_and_marked():
    events = json_seq.decode(b'{"a":1}\x1e{"b')
    assert (events.data[-1], events.unterminated) == (b'{"b', True)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"a":1}\n{"b":2}\n', b"a\x1eb\x1e", b"[1]\x1e[2]\x1e"])
def test_other_bodies_are_not_recognised(body):
    assert json_seq.recognise("application/json-seq", body) == 0


@given(st.lists(st.sampled_from([b"\x1e", b"{}", b"\n", b" ", b"\xef\xbb\xbf", b"x"])).map(b"".join))
def test_the_raw_slices_of_the_units_are_the_body(body):
    events = json_seq.decode(body)
    assert b"".join(body[event.offset : event.offset + event.size] for event in events) == (
        body if len(events) else b""
    )
