import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.cassettes.syntax.truncated_json import read_cut_off

TREE = {"a": [1, {"b": 'x"\\y\n', "c": None}], "d": {"e": "last, ] } text"}}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('{"a": 1, "b": "half', {"a": 1, "b": "half"}),
        ('{"a": [1, 2', {"a": [1, 2]}),
        ('{"a": 1, "b', {"a": 1}),
        ('{"a": 1, "b":', {"a": 1}),
        ('{"a": 1,', {"a": 1}),
        ('[{"a": "x\\', [{"a": "x"}]),
        ('[{"a": "x\\u00', [{"a": "x"}]),
        ('{"a": "quote \\"', {"a": 'quote "'}),
        ('{"a": {"b": [tru', None),
    ],
)
def test_everything_before_the_end_is_kept(text, tree):
    read = read_cut_off(text.encode())
    assert (read and read[0]) == tree


@pytest.mark.parametrize("text", ['{"a": 1}', '{"a": 1]', "{a: 1}", "[1, 2]"])
def test_complete_json_and_other_text_is_not_closed(text):
    assert read_cut_off(text.encode()) is None


@given(st.integers(1, len(json.dumps(TREE)) - 1))
def test_a_cut_anywhere_gives_part_of_the_tree_or_nothing(cut):
    def is_part(part, whole):
        if isinstance(part, dict):
            return isinstance(whole, dict) and all(key in whole and is_part(part[key], whole[key]) for key in part)
        if isinstance(part, list):
            return isinstance(whole, list) and all(map(is_part, part, whole))
        return str(whole).startswith(str(part))

    read = read_cut_off(json.dumps(TREE)[:cut].encode())
    assert read is None or is_part(read[0], TREE)


def test_the_break_has_the_line_of_the_end():
    assert read_cut_off(b'{\n"a": "x')[1].line == 2
