"""JSON arrays that arrive element by element, as Gemini sends them without `alt=sse`."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.wire import json_array
from viewer.wire.framing import split_events

values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.sampled_from('[]{},"\\ aé\n')),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


def payloads(body):
    return [json.loads(data) for data in json_array.decode(body).data]


def slices(body):
    return [body[event.offset : event.offset + event.size] for event in json_array.decode(body)]


def test_each_element_is_a_unit_with_the_bracket_or_comma_before_it():
    body = b'[{"a": 1}\n,\r\n{"a": 2}\n]\n'
    assert json_array.decode(body).data == [b'{"a": 1}', b'{"a": 2}']
    assert slices(body) == [b'[{"a": 1}\n,', b'\r\n{"a": 2}\n]\n']
    assert json_array.decode(body).name == ["message", "message"]


def test_arrays_and_objects_inside_an_element_do_not_end_it():
    body = b'[{"parts": [{"x": [1, 2]}, {}]}, {"y": {"z": []}}]'
    assert payloads(body) == [{"parts": [{"x": [1, 2]}, {}]}, {"y": {"z": []}}]


@pytest.mark.parametrize("text", ["]", "},{", "[", '\\"]', "\\", '"', "\\\\", "a]},\\u005d"])
def test_brackets_and_quotes_inside_a_string_are_ignored(text):
    elements = [{"text": text}, {"next": text}]
    assert payloads(json.dumps(elements).encode()) == elements


@pytest.mark.parametrize(
    ("body", "last"),
    [
        (b'[{"a": 1},\n{"a": 2}', b'{"a": 2}'),
        (b'[{"a": 1},\n{"a": "x]', b'{"a": "x]'),
        (b'[{"a": 1},\n{"a": [1, ', b'{"a": [1,'),
        (b'[{"a": 1}', b'{"a": 1}'),
        (b'[{"a": 1},\n', b'{"a": 1}'),
        (b'[{"a": 1},\n{"a": "x], [y', b'{"a": "x], [y'),
    ],
)
def test_an_array_that_is_cut_off_keeps_its_last_element_and_is_marked(body, last):
    events = json_array.decode(body)
    assert events.data[-1] == last
    assert events.unterminated
    assert b"".join(slices(body)) == body


def test_an_array_that_is_closed_is_terminated():
    assert not json_array.decode(b'[{"a": 1}]\n').unterminated


def test_text_after_the_array_belongs_to_its_last_element():
    assert slices(b'[{"a": 1}] [{"b": 2}]') == [b'[{"a": 1}] [{"b": 2}]']


@pytest.mark.parametrize("body", [b"[]", b" [ ] ", b"[", b"", b"[,]"])
def test_an_array_without_elements_has_no_events(body):
    assert len(json_array.decode(body)) == 0


@given(st.lists(values, min_size=1, max_size=5), st.sampled_from([None, 2]), st.booleans())
def test_the_elements_equal_those_of_the_json_and_tile_the_body(elements, indent, ascii_only):
    body = json.dumps(elements, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert payloads(body) == elements
    assert b"".join(slices(body)) == body


@given(st.binary())
def test_any_bytes_are_tiled(body):
    assert b"".join(slices(body)) in (body, b"")


@pytest.mark.parametrize("body", [b'[{"a": 1}]', b'\n [\n  {"a": 1'])
def test_an_array_of_objects_is_recognised(body):
    assert split_events("application/json", body)


@pytest.mark.parametrize("body", [b'{"a": []}', b"[1, 2]", b'["a"]', b"[]", b"", b"text [{"])
def test_other_text_is_not_recognised(body):
    assert json_array.recognise("application/json", body) == 0


def test_an_array_may_begin_with_a_byte_order_mark():
    body = b'\xef\xbb\xbf[{"a": 1}]'
    assert json_array.recognise("", body) == 40
    assert json_array.decode(body).data == [b'{"a": 1}']
    assert b"".join(slices(body)) == body
