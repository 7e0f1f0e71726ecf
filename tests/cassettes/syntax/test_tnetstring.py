import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tnetstrings import packed
from viewer.cassettes.syntax.tnetstring import LIST, MAP, MAX_DEPTH, Value, read_values

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.binary() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
MARKS = {"map": MAP, "list": LIST}


def read(data):
    return list(read_values(data, MARKS))


@given(st.lists(VALUES, max_size=4))
def test_written_values_are_read_back_with_their_offsets(values):
    written = [packed(value) for value in values]
    places = [sum(map(len, written[:index])) for index in range(len(written))]
    assert read(b"".join(written)) == [Value(*pair, "") for pair in zip(places, values, strict=True)]


@given(VALUES, VALUES, st.data())
def test_a_cut_anywhere_leaves_the_values_before_it_whole(value, other, data):
    written = packed([value]) + packed([other])
    cut = data.draw(st.integers(len(packed([value])) + 1, len(written) - 1))
    first, second = read(written[:cut])
    assert first == Value(0, [value], "")
    assert "the file ends" in second.trouble


@given(st.binary(max_size=60) | st.text("0123:;,]}#", max_size=60).map(str.encode))
def test_any_bytes_are_read_to_the_end(data):
    for value in read(data):
        assert 0 <= value.begin < len(data)


@pytest.mark.parametrize(
    ("value", "end", "kept"),
    [
        ({"a": b"bytes"}, b"byt", {"a": b"byt"}),
        ({"a": b"x", "b": b"y"}, b"1:b;", {"a": b"x"}),
        ({"map": {"a": b"x", "b": b"yes"}}, b"ye", {"map": {"a": b"x", "b": b"ye"}}),
        ({"list": [[b"a", b"b"], [b"c", b"dd"]]}, b"1:c,", {"list": [[b"a", b"b"], [b"c"]]}),
        ({"list": [[b"a", b"bcd"]]}, b"bc", {"list": [[b"a", b"bc"]]}),
        ({"a": b"x", "b": b"y"}, b"1:x,1", {"a": b"x"}),
    ],
)
def test_a_value_that_is_cut_off_is_read_up_to_there(value, end, kept):
    data = packed(value)
    [found] = read(data[: data.index(end) + len(end)])
    assert found.value == kept
    assert found.trouble == "the file ends before it is complete"


@pytest.mark.parametrize("broken", [b"1:5?", b"1:5", b"9:5#", b"x", b"1234567890123:5#", b":#", b"-1:#"])
def test_an_invalid_tnetstring_is_reported_and_the_next_value_is_read(broken):
    inner = packed("a") + packed(1) + packed("b") + broken
    data = b"%d:%b}" % (len(inner), inner)
    first, second = read(data + packed(5))
    assert first == Value(0, {"a": 1}, f"there is no tnetstring at byte {data.rindex(broken)}")
    assert second == Value(len(data), 5, "")


def test_nothing_is_read_after_an_invalid_tnetstring_at_the_top_level():
    assert read(packed(1) + b"?" + packed(2)) == [Value(0, 1, ""), Value(4, None, "there is no tnetstring at byte 4")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"1:x#", None),
        (b"3:1.5#", None),
        (b"5000:%b#" % (b"9" * 5000), None),
        (b"1:x^", None),
        (b"1:x!", False),
        (b"1:x~", None),
        (b"1:\xff;", "\ufffd"),
        (b"4:\xffabc,", b"\xffabc"),
    ],
)
def test_a_value_that_does_not_match_its_mark_is_read_as_far_as_possible(text, value):
    assert read(text) == [Value(0, value, "")]


def test_nesting_is_bounded():
    deep = packed([1])
    for _ in range(MAX_DEPTH - 1):
        deep = b"%d:%b]" % (len(deep), deep)
    [found] = read(deep)
    assert found.trouble == ""
    deeper = b"%d:%b]" % (len(deep), deep)
    assert "no tnetstring" in read(b"%d:%b]" % (len(deeper), deeper))[0].trouble


def test_names_of_other_types_become_text():
    data = b"".join(map(packed, [b"a", 1, [5], 2, {"b": 3}, 3]))
    assert read(b"%d:%b}" % (len(data), data))[0].value == {"a": 1, "[5]": 2, '{"b":3}': 3}
