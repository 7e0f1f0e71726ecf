"""AWS event streams, against the frames of the specification and botocore's own decoder."""

import struct
import zlib

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from viewer.wire import Event, aws_eventstream

VALUES = {
    0: st.just(b""),
    1: st.just(b""),
    2: st.binary(min_size=1, max_size=1),
    3: st.binary(min_size=2, max_size=2),
    4: st.binary(min_size=4, max_size=4),
    5: st.binary(min_size=8, max_size=8),
    6: st.binary(max_size=20).map(lambda value: struct.pack("!H", len(value)) + value),
    7: st.text(max_size=20).map(lambda value: struct.pack("!H", len(value.encode())) + value.encode()),
    8: st.binary(min_size=8, max_size=8),
    9: st.binary(min_size=16, max_size=16),
}
typed_values = st.sampled_from(list(VALUES)).flatmap(lambda kind: VALUES[kind].map(lambda value: bytes([kind]) + value))
header_maps = st.dictionaries(st.text(min_size=1, max_size=8), typed_values, max_size=5)
messages = st.tuples(header_maps, st.none() | st.text(min_size=1, max_size=9), st.binary(max_size=60))


def frame(payload, headers):
    """Return a frame as the specification defines it. Header values begin with their type."""
    block = b"".join(bytes([len(name.encode())]) + name.encode() + value for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(block) + len(payload), len(block))
    checked = prelude + struct.pack("!I", zlib.crc32(prelude)) + block + payload
    return checked + struct.pack("!I", zlib.crc32(checked))


def string(value):
    return b"\x07" + struct.pack("!H", len(value)) + value


def event(payload, name=b"chunk"):
    return frame(payload, {":event-type": string(name), ":message-type": string(b"event")})


def pairs(body):
    return [(unit.name, unit.data) for unit in aws_eventstream.decode(body)]


@given(st.lists(messages, max_size=6))
def test_every_message_is_read_as_botocore_reads_it(drawn):
    body = b"".join(
        frame(payload, {**headers, **({":event-type": string(name.encode())} if name else {})})
        for headers, name, payload in drawn
    )
    theirs = EventStreamBuffer()
    theirs.add_data(body)
    expected = [(m.headers.get(":event-type", "message"), m.payload) for m in theirs]
    events = aws_eventstream.decode(body)
    assert list(zip(events.name, events.data, strict=True)) == expected
    assert not events.damage
    assert not events.unterminated


@given(st.lists(st.binary(max_size=20) | st.binary(max_size=20).map(event), max_size=8).map(b"".join))
def test_units_tile_any_body(body):
    units = list(aws_eventstream.decode(body))
    assert b"".join(body[unit.offset : unit.offset + unit.size] for unit in units) == body
    assert all(unit.size for unit in units)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=4), st.data())
def test_a_damaged_byte_affects_only_its_own_frame(payloads, data):
    frames = [event(payload) for payload in payloads]
    hit = data.draw(st.integers(0, len(frames) - 1))
    place = data.draw(st.integers(0, len(frames[hit]) - 1))
    damaged = bytearray(frames[hit])
    damaged[place] ^= data.draw(st.integers(1, 255))
    events = aws_eventstream.decode(b"".join([*frames[:hit], bytes(damaged), *frames[hit + 1 :]]))
    assert events.data[:hit] == payloads[:hit]
    assert events.data[hit + 1 :] == payloads[hit + 1 :]
    assert [index for index, _ in events.damage] == [hit]


def test_the_offset_and_the_size_are_those_of_the_frame():
    first, second = event(b"{}"), event(b'{"a":1}', b"metadata")
    assert list(aws_eventstream.decode(first + second)) == [
        Event(0, len(first), "chunk", b"{}"),
        Event(len(first), len(second), "metadata", b'{"a":1}'),
    ]


def test_an_exception_is_named_by_its_type():
    headers = {":message-type": string(b"exception"), ":exception-type": string(b"throttlingException")}
    assert pairs(frame(b'{"message":"slow"}', headers)) == [("exception:throttlingException", b'{"message":"slow"}')]


def test_an_error_without_a_payload_gets_its_message_from_the_headers():
    headers = {
        ":message-type": string(b"error"),
        ":error-code": string(b"InternalError"),
        ":error-message": string("größer".encode()),
    }
    assert pairs(frame(b"", headers)) == [("error:InternalError", '{"message":"größer"}'.encode())]


def test_a_wrong_checksum_of_a_frame_is_reported_and_its_payload_kept():
    body = bytearray(event(b'{"a":1}') + event(b"{}"))
    body[len(event(b'{"a":1}')) - 1] ^= 1
    events = aws_eventstream.decode(bytes(body))
    assert events.data == [b'{"a":1}', b"{}"]
    assert events.damage == ((0, "the checksum of its frame is wrong"),)


def test_bytes_between_frames_are_a_unit_and_reading_continues_after_them():
    events = aws_eventstream.decode(event(b"1") + b"no frame at all" + event(b"2"))
    assert events.data == [b"1", b"no frame at all", b"2"]
    assert events.damage == ((1, "the checksum of its prelude is wrong"),)


def test_a_frame_that_lost_bytes_does_not_swallow_the_next():
    events = aws_eventstream.decode(event(b"abcdefgh")[:-9] + event(b"2"))
    assert (len(events), events.data[1]) == (2, b"2")
    assert [index for index, _ in events.damage] == [0]


@pytest.mark.parametrize("kind", [6, 7, 10, 255])
def test_unreadable_headers_do_not_affect_the_payload(kind):
    headers = {":event-type": string(b"chunk"), "odd": bytes([kind]) + b"\xff\xff"}
    events = aws_eventstream.decode(frame(b"{}", headers) + event(b"2"))
    assert pairs(frame(b"{}", headers)) == [("chunk", b"{}")]
    assert events.data == [b"{}", b"2"]
    assert events.damage == ((0, "the headers of its frame cannot be read"),)


def test_a_last_frame_that_is_cut_off_anywhere_is_kept_and_marked():
    first, second = event(b"1"), event(b'{"a":1}')
    for length in range(1, len(second)):
        events = aws_eventstream.decode(first + second[:length])
        assert len(events) == 2, length
        assert events.unterminated, length
        assert events.data[1], length
        assert not events.damage, length


def test_a_body_is_recognised_by_its_first_checksum_whatever_its_media_type():
    assert aws_eventstream.recognise("**REDACTED**", event(b"{}")) == 95
    assert aws_eventstream.recognise("", event(b"{}")[:12]) == 95
    assert aws_eventstream.recognise("text/event-stream", b"data: {}\n\n") == 0


@pytest.mark.parametrize(
    ("body", "sureness"), [(b"\0\0\0\x10damaged", 80), (b'{"message":"denied"}', 0), (b"<html>", 0), (b"", 0)]
)
def test_the_media_type_is_trusted_unless_the_body_is_the_text_of_an_error(body, sureness):
    assert aws_eventstream.recognise("application/vnd.amazon.eventstream", body) == sureness
