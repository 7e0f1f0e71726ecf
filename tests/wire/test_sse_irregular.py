"""Server-sent events that the standard joins or drops, and that servers, gateways and recorders write all the same."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.wire import sse
from viewer.wire.framing import split_events
from viewer.wire.sse_columns import WORTHWHILE_BYTES, read_columns
from viewer.wire.sse_lines import read_units
from viewer.wire.sse_oddities import as_units

A, B, C = b'{"a":1}', b'{"b":[{"x":"}{ data: {"}]}', b'{"c":{}}'
PIECES = [
    *(
        b"\n",
        b"\n",
        b"\n\n",
        b" ",
        b"data: ",
        b"data:",
        b"event: e",
        b"id: 1",
        b": c",
        b"error: ",
        b"foo: bar",
        b"oops",
    ),
    *(A, B, C, b"{", b"}", b"[DONE]", b'{"a":', b"<html>", b"[1]", b"\xef\xbb\xbf", b'"', b"dat", b"color: red;"),
]
bodies = st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join)


def dispatched(body):
    return [(event.name, event.data) for event in sse.decode(body) if event.data is not None]


def messages(body):
    return [(problem.severity, problem.message) for problem in sse.decode(body).problems]


def lines(*payloads):
    return [("message", payload) for payload in payloads]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # One line end between events.
        (b"data: %b\ndata: %b\ndata: [DONE]\n" % (A, B), lines(A, B, b"[DONE]")),
        (b"data: %b\r\ndata: %b\r\n" % (A, B), lines(A, B)),
        (b"data: [1]\ndata: [2]\n\n", lines(b"[1]", b"[2]")),
        (b"data: %b\ndata: %b\n\ndata: %b\n\n" % (A, B, C), lines(A, B, C)),
        (b"data: %b\ndata:\ndata: %b\n\n" % (A, B), lines(A, B)),
        (b"event: a\ndata: %b\nevent: b\ndata: %b\n" % (A, B), [("a", A), ("b", B)]),
        (b"data: %b\nevent: a\ndata: %b\nevent: b\n" % (A, B), [("a", A), ("b", B)]),
        (b"data: %b\nevent: b\ndata: %b\n" % (A, B), [("message", A), ("b", B)]),
        (b"event: a\ndata: %b\ndata: %b\n\n" % (A, B), [("a", A), ("a", B)]),
        (b"id: 1\nevent: a\ndata: %b\nid: 2\ndata: %b\n" % (A, B), [("a", A), ("message", B)]),
        (b"data: %b\n: ping\ndata: %b\n" % (A, B), lines(A, B)),
        # Cut off, or one of many broken.
        (b'data: %b\ndata: {"b":' % A, lines(A, b'{"b":')),
        (b"data: %b\ndata: %b\ndata: [DO" % (A, B) + b"\ndata: %b\ndata: %b" % (C, C), lines(A, B, b"[DO", C, C)),
        # Fields on one line.
        (b"data: %b data: %b data: [DONE]\n" % (A, B), lines(A, B, b"[DONE]")),
        (b"event: a data: %b\nevent: b data: %b\n" % (A, B), [("a", A), ("b", B)]),
        (b"id: 7 event: a data: %b id: 8 event: b data: %b" % (A, B), [("a", A), ("b", B)]),
        (b": ping data: %b data: %b\n\n" % (A, B), lines(A, B)),
        (b"data: %bdata: %b\n\n" % (A, B), lines(A, B)),
        # The prefix twice.
        (b"data: data: %b\n\ndata: data: [DONE]\n\n" % A, lines(A, b"[DONE]")),
        (b"event: a\ndata:data: data:%b\n\n" % A, [("a", A)]),
        # Several values in a payload.
        (b"data: %b%b\n\n" % (A, B), lines(A, B)),
        (b"event: a\ndata: %b %b[DONE]\n\n" % (A, B), [("a", A), ("a", B), ("a", b"[DONE]")]),
        (b'data: {\ndata: "a":1}\ndata: {"b":\ndata: 2}\n\n', lines(b'{\n"a":1}', b'{"b":\n2}')),
        (b'data: %b{"b"' % A, lines(A, b'{"b"')),
        # Fields that only look wrong.
        (b"  data: %b\n\n" % A, lines(A)),
        (b'error: {"code":500}\n\ndata: %b\n\n' % A, [("error", b'{"code":500}'), ("message", A)]),
    ],
)
def test_what_the_standard_would_join_or_drop_is_read_with_a_note(body, expected):
    assert dispatched(body) == expected
    assert {severity for severity, _ in messages(body)} == {"note"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'data: {\ndata: "a": 1,\ndata: "b": {"x": 2}\ndata: }\n\n', lines(b'{\n"a": 1,\n"b": {"x": 2}\n}')),
        (b"data: [\ndata: %b,\ndata: %b\ndata: ]\n\n" % (A, B), lines(b"[\n%b,\n%b\n]" % (A, B))),
        (b"data: %b\ndata: oops\n\n" % A, lines(A + b"\noops")),
        (b"data: for example\ndata: %b\ndata: %b\n\n" % (A, B), lines(b"for example\n%b\n%b" % (A, B))),
        (b"data: 1\ndata: 2\n\n", lines(b"1\n2")),
        (b"data: %b\n\n" % B, lines(B)),
        (b"data: data: text\n\n", lines(b"data: text")),
        (b"data: see data: %b\n\n" % A, lines(b"see data: %b" % A)),
        (b"data: data:image/png;base64,iVBO\n\n", lines(b"data:image/png;base64,iVBO")),
        (b"data: {a} {b}\n\n", lines(b"{a} {b}")),
        (b": an example is data: %b\n\ndata: %b\n\n" % (A, B), lines(B)),
    ],
)
def test_what_the_standard_can_read_stays_as_it_is(body, expected):
    assert dispatched(body) == expected
    assert messages(body) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            b"<html><style>\nbody {\ncolor: red;\n}\n\np { margin: 0 }\n</style></html>",
            "<html><style> body { color: red;",
        ),
        (b'{"error":{"message":"down"}}', '{"error":{"message":"down"}}'),
        (b'{\n  "error": "down"\n}', '{ "error": "down" }'),
        (b"Internal Server Error", "Internal Server Error"),
        (b"upstream error: reset", "upstream error: reset"),
    ],
)
@pytest.mark.parametrize("between", [b"\n", b"\n\n"])
def test_text_outside_of_events_is_a_unit_of_its_own_and_a_problem(text, shown, between):
    events = sse.decode(b"data: %b" % A + between + text + b"\n\ndata: %b\n\n" % C)
    assert [event.name for event in events] == ["message", "", "message"]
    assert events.data[1].split() == text.split()
    [problem] = events.problems
    assert (problem.severity, problem.offset) == ("warning", events.offset[1])
    assert shown in problem.message


def test_a_body_of_nothing_but_other_text_has_no_event():
    for body in (b"<html>\nBad Gateway\n</html>", b'{"error": "x"}', b"oops", b": ping\n\noops"):
        assert dispatched(body) == []
        assert split_events("text/event-stream", body) is None


def test_lines_of_json_sent_as_an_event_stream_are_read_as_lines():
    assert list(split_events("text/event-stream", A + b"\n" + C + b"\n").events.data) == [A, C]


def test_an_unknown_field_is_ignored_and_named_once():
    body = b"seq: 1\ndata: %b\n\nseq: 2\ndata: %b\nretry: 5\n\n" % (A, B)
    assert dispatched(body) == lines(A, B)
    assert messages(body) == [("note", "The standard does not know the field “seq” (2 lines): “seq: 1”.")]


def test_many_texts_outside_of_events_are_counted_and_not_all_quoted():
    body = b"".join(b"1f%d\n\ndata: %b\n\n" % (place, A) for place in range(20))
    assert len(messages(body)) == 6
    assert messages(body)[-1] == ("warning", "15 more texts stand outside of every event.")


@pytest.mark.parametrize("cut", [b"d", b"dat", b"eve", b"i", b"id", b":", b"ret"])
def test_the_name_of_a_field_that_is_cut_off_is_no_text(cut):
    assert messages(b"data: %b\n\n%b" % (A, cut)) == []


@given(bodies)
@example(b"data: %b data: %b\n\n" % (A, B))
@example(b"data: %b\n<html>\ndata: %b\n\n" % (A, B))
def test_the_raw_slices_of_the_units_are_the_body(body):
    events = sse.decode(body)
    slices = [body[event.offset : event.offset + event.size] for event in events]
    assert b"".join(slices) == (body if len(events) else b"")


@given(bodies, st.sampled_from([b"\n", b"\r\n"]))
@example(b"event: e data: %b\n\ndata: %b\n\n" % (A, B), b"\n")
@example(b"data: %b%b\n\ndata: %b\n\n" % (A, A, B), b"\r\n")
@example(b"event: }{\ndata: %b\n\n" % A, b"\n")
def test_the_fast_reader_and_the_line_reader_agree(body, newline):
    body = re.sub(rb"\r\n|\r|\n", b"\n", body).replace(b"\n", newline)
    assert as_units(read_columns(body, 0, newline)) == read_units(body, 0)


@given(st.lists(st.sampled_from([A, B, C]), min_size=2, max_size=8), st.data())
def test_two_parts_of_a_body_that_is_cut_between_events_give_its_events(payloads, data):
    ends = data.draw(st.lists(st.sampled_from([b"\n", b"\n\n"]), min_size=len(payloads), max_size=len(payloads)))
    body = b"".join(b"data: " + payload + end for payload, end in zip(payloads, ends, strict=True))
    whole = list(sse.decode(body))
    assert [event.data for event in whole] == payloads
    cut = data.draw(st.sampled_from([event.offset for event in whole]))
    rest = [event._replace(offset=event.offset + cut) for event in sse.decode(body[cut:])]
    assert [*sse.decode(body[:cut]), *rest] == whole


@given(st.integers(0, 10_000), st.sampled_from([b"\n", b" "]))
def test_a_body_that_is_cut_off_anywhere_keeps_the_events_before(cut, between):
    body = between.join(b"event: e%sdata: %b" % (between, payload) for payload in (A, B, C) * 3) + b"\n"
    cut %= len(body)
    whole = list(sse.decode(body))
    kept = [event for event in whole if event.offset + event.size <= cut]
    # An empty line of data at the end adds a line end to the one before it, which JSON does not mind.
    read = [event.data.strip() for event in sse.decode(body[:cut]) if event.data]
    assert read[: len(kept)] == [event.data for event in kept]


@pytest.mark.parametrize("between", [b"\n", b" ", b""])
def test_a_long_body_without_blank_lines_takes_time_in_proportion_to_its_length(between):
    payload = json.dumps({"text": "x" * 80}).encode()
    body = between.join([b"data: " + payload] * 20_000)
    assert len(body) > WORTHWHILE_BYTES
    assert len(sse.decode(body)) == 20_000
