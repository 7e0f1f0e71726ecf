"""The AI SDK's data stream: each line is an event named by its code."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.wire import Event, data_stream

BODY = b'f:{"messageId":"m"}\n0:"a"\n0:" b"\n'


def pairs(body):
    events = data_stream.decode(body)
    return list(zip(events.name, events.data, strict=True))


def test_every_line_is_an_event_named_by_its_code_with_its_offset_and_line_end():
    assert list(data_stream.decode(BODY)) == [
        Event(0, 20, "f", b'{"messageId":"m"}'),
        Event(20, 6, "0", b'"a"'),
        Event(26, 7, "0", b'" b"'),
    ]


@pytest.mark.parametrize(
    "body",
    [b'0:"a"\n0:"b"', b'0:"a"\r\n0:"b"\r\n', b'\n\n0:"a"\n\n0:"b"\n\n', b' 0: "a" \n\t0:\t"b"\t\n   \n'],
)
def test_line_ends_and_blank_lines_make_no_difference(body):
    assert pairs(body) == [("0", b'"a"'), ("0", b'"b"')]


@pytest.mark.parametrize("line", [b"oops", b'00:"a"', b':"a"', b"0:", b"0: ", b'A:"a"', b'\xff:"a"'])
def test_a_line_without_a_code_is_also_an_event(line):
    assert pairs(b'0:"a"\n' + line + b"\n") == [("0", b'"a"'), ("message", line.strip())]


def test_other_line_separators_do_not_end_an_event():
    body = '0:"x\u2028y\u0085z"\n'.encode()
    assert pairs(body) == [("0", body[2:-1])]


def test_a_line_that_is_cut_off_is_kept_and_marked():
    assert pairs(BODY + b'0:"c')[-1] == ("0", b'"c')
    assert data_stream.decode(BODY + b'0:"c').unterminated
    assert not data_stream.decode(BODY).unterminated
    assert not data_stream.decode(BODY.rstrip()).unterminated


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n \n"])
def test_a_body_without_text_has_no_event(body):
    assert list(data_stream.decode(body)) == []


@given(
    st.lists(st.sampled_from([b"0:", b'"a"', b"{}", b"\n", b"\r\n", b" ", b":", b"x", b"\xff", b"\x00"])).map(b"".join)
)
@example(b'\n\n0:"a"\n\n1:')
def test_the_raw_slices_of_the_units_are_the_body(body):
    events = data_stream.decode(body)
    slices = [body[event.offset : event.offset + event.size] for event in events]
    assert b"".join(slices) == (body if len(events) else b"")
    assert all(event.data and event.data in raw for event, raw in zip(events, slices, strict=True))


@pytest.mark.parametrize(
    ("body", "sureness"),
    [
        (BODY, 95),
        (b'\r\n0:"a"\r\n3:"broken"\r\n', 95),
        (b'9:{"toolCallId":"t"}\n' * 8 + b"oops\n", 95),
        (b'9:{"toolCallId":"t"}\n' * 7 + b"oops\n", 0),
        (b'\n0:"a"\n0:"b"\n', 95),
        (b'\n0:"a"', 60),
        (b'0:"a"\n0:"b', 60),
        (b'3:"An error occurred."\n', 60),
        (b'2:[{"a":1}]', 60),
        (b'0:"a', 0),
        (b'0:"a"\noops\n', 0),
        (b'0:"a"\n\x00\n', 0),
        (b'0:{"a":"$@1"}\n1:{"b":2}\n', 0),
        (b'1:"$Sreact.fragment"\n2:I["a"]\n', 0),
        (b'{"a":1}\n{"b":2}\n', 0),
        (b'data: {"a":1}\n\ndata: {"b":2}\n\n', 0),
        (b"a: 1\nb: 2\n", 0),
        (b"", 0),
        (b"\n\n", 0),
    ],
)
def test_lines_that_are_parts_are_recognised(body, sureness):
    assert data_stream.recognise("text/plain", body) == sureness


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    assert pairs(b"\xef\xbb\xbf" + BODY) == pairs(BODY)
    assert data_stream.recognise("", b"\xef\xbb\xbf" + BODY) == 95
