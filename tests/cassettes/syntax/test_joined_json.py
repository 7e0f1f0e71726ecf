import json

from hypothesis import given
from hypothesis import strategies as st

from viewer.cassettes.syntax.joined_json import read_joined

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(st.text(), VALUES, max_size=3), min_size=1, max_size=4)


@given(OBJECTS, st.sampled_from(["", " ", "\n", "\r\n\n", "\ufeff"]), st.booleans(), st.sampled_from([None, 1]))
def test_every_value_is_read_with_its_place(values, between, is_ascii, indent):
    texts = [json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode("utf-8", "replace") for value in values]
    data = between.encode().join(texts)
    joined = read_joined(data)
    assert [data[value.begin : value.end].strip() for value in joined.values] == texts
    assert [value.value for value in joined.values] == [json.loads(text) for text in texts]
    assert joined.rest == len(data)


def test_the_rest_begins_where_no_value_does():
    assert read_joined(b'{"a": 1}\n {"b": ').rest == len(b'{"a": 1}\n ')
    assert read_joined(b'{"a": "\xff"} {"b": 2} x') == ([({"a": "\ufffd"}, 0, 10), ({"b": 2}, 11, 19)], 20)
    assert read_joined(b"[" * 100_000) == ([], 0)
    assert read_joined(b"x") == ([], 0)
