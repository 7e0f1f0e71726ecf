"""JSON values that stand one after another."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.wire.json_values import split_values, value_end

objects = st.dictionaries(
    st.text(st.sampled_from('{}[]",\\ aé'), max_size=4), st.integers() | st.lists(st.text(max_size=3))
)


def values(text):
    return [text[begin:end] for begin, end in split_values(text)]


@given(st.lists(objects, min_size=2, max_size=5), st.sampled_from(["", " ", "\n", "\r\n\t "]))
def test_every_value_is_found_whatever_its_texts_hold(drawn, between):
    assert list(map(json.loads, values(between.join(map(json.dumps, drawn)).encode()))) == drawn


@pytest.mark.parametrize(
    "text", [b"", b"{}", b" [1] ", b"[DONE]", b"{} x", b"x {}", b"{a} {b}", b"1 2", b'"a" "b"', b"{", b"}{"]
)
def test_what_is_not_several_values_has_none(text):
    assert values(text) == []


def test_the_last_value_may_be_cut_off_or_broken():
    assert values(b'{"a":1}{"b":[') == [b'{"a":1}', b'{"b":[']
    assert values(b'{"a":1}{b}[DONE]') == [b'{"a":1}', b"{b}[DONE]"]


@pytest.mark.parametrize(
    ("text", "end"), [(b'{"a":"}"}x', 9), (b"[DONE]x", 6), (b"[[]]", 4), (b'{"a', None), (b"x{}", None)]
)
def test_the_end_of_a_value_is_found(text, end):
    assert value_end(text, 0) == end
