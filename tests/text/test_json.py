import pytest

from viewer.text.json import (
    as_text,
    is_number,
    is_whole_number,
    items,
    json_in,
    mapping,
    number,
    only_text,
    parse,
    write,
)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": [1, "x"]}', {"a": [1, "x"]}),
        (b'"\\ud83d"', "\ud83d"),
        (b"[NaN]", None),
        (b'"two\nlines"', "two\nlines"),
        (b'"\xff"', "\ufffd"),
    ],
)
def test_json_is_read_as_leniently_as_sdks_read_it(data, value):
    read = parse(data)
    assert read == value or read[0] != read[0]


@pytest.mark.parametrize("data", [b"", b"{", b"yes", b"[" * 100_000])
def test_anything_else_raises_value_error(data):
    with pytest.raises(ValueError, match=r"Expecting|nested too deeply"):
        parse(data)


def test_a_text_that_is_not_json_stays_a_text():
    assert (json_in('{"a": 1}'), json_in("{oops"), json_in("")) == ({"a": 1}, "{oops", "")
    assert json_in('"half a pair \ud83d"').startswith("half a pair \ufffd")
    assert json_in("[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize(
    ("value", "numeric", "whole"),
    [(1, True, True), (1.0, True, False), (True, False, False), ("1", False, False), (None, False, False)],
)
def test_a_boolean_is_not_a_number(value, numeric, whole):
    assert (is_number(value), is_whole_number(value)) == (numeric, whole)


def test_a_number_beyond_its_limits_is_not_one():
    assert number(3, 0, 10) == 3.0
    assert number(10**400, 0, 10) is None
    assert number(True, 0, 10) is None  # noqa: FBT003 - the value under test


def test_a_value_of_another_type_becomes_an_empty_one():
    assert (mapping([1]), items({"a": 1}), only_text(1)) == ({}, [], "")
    assert (mapping({"a": 1}), items([1]), only_text("x")) == ({"a": 1}, [1], "x")


def test_any_value_becomes_text():
    assert as_text("x") == "x"
    assert as_text(None) == ""
    assert as_text(b"\xff") == "\ufffd"
    assert as_text({"a": "\ud83d"}) == '{"a": "\ud83d"}'
    assert write({"a": b"b"}) == '{"a": "b"}'
