import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.cassettes.syntax.json5 import read_json5, unescape

TREE = {"a": [1, {"b": "x'\"\\y\n", "c": None}, -0.5], "d e": {"f": "last, ] } // text"}, "g": True}

JSON5 = r"""
// A tape.
{
    a: [ 1, { b: 'x\'"\\y\n', "c": null, }, -.5, ],
    'd e': { /* { ** / */ f: "last, ] } // text" },
    g: true,
}
"""


def read(text):
    return read_json5(text.encode())


def test_javascript_syntax_beyond_json_is_read():
    assert read(JSON5) == (TREE, None)


def test_json_is_read_too():
    assert read("\ufeff" + json.dumps(TREE)) == (TREE, None)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"'it\'s\n'", "it's\n"),
        (r"'\b\f\r\t\v\0\"\/\a'", '\b\f\r\t\v\0"/a'),
        (r"'\x41\u00e9\ud83d\ude00'", "Aé😀"),
        (r"'\ud83d'", "\ud83d"),
        (r"'\\u0041'", "\\u0041"),
        (r"'abc\f'", "abc\f"),
        ("'one \\\ntwo \\\r\nthree'", "one two three"),
        ("'\u2028'", "\u2028"),
        ("0x1F", 31),
        ("-0x1f", -31),
        ("+7", 7),
        ("5.", 5.0),
        (".5e-1", 0.05),
        ("-Infinity", float("-inf")),
        ("'9'", "9"),
        ("9" * 31, 1e31),
        ("[]", []),
        ("null", None),
    ],
)
def test_strings_and_numbers_are_read_as_javascript_reads_them(written, value):
    assert read(written) == (value, None)


def test_nan_is_read():
    assert str(read("NaN")[0]) == "nan"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("{a: 1, b: 'half", {"a": 1, "b": "half"}),
        ("{a: 'half \\", {"a": "half "}),
        ("{a: 'half\\u00", {"a": "half"}),
        ("{a: [1, 2", {"a": [1]}),
        ("{a: 1, b", {"a": 1}),
        ("{a: 1, 'b", {"a": 1}),
        ("{a: 1, b:", {"a": 1}),
        ("{a: 1,", {"a": 1}),
        ("{a: {b: tru", {"a": {}}),
        ("", None),
    ],
)
def test_everything_before_the_end_is_kept(text, tree):
    value, broken = read(text)
    assert value == tree
    assert broken.at_end


@pytest.mark.parametrize(
    ("text", "tree", "reason"),
    [
        ("{a: 1,\n,}", {"a": 1}, "found ',' instead of a key at line 2"),
        ("[1 2]", [1], "found '2' instead of a comma at line 1"),
        ("[,]", [], "found ',' instead of a value at line 1"),
        ("{a 1}", {}, "found '1' instead of a colon at line 1"),
        ("{a: 1]", {"a": 1}, "found ']' instead of a comma at line 1"),
        ("{a: b}", {}, "found 'b' instead of a value at line 1"),
        ("{a: 'x\ny'}", {}, 'found "\'" instead of a value at line 1'),
        ("{a: 1}}", {"a": 1}, "found '}' instead of the end of the file at line 1"),
        ("[1]\n2", [1], "found '2' instead of the end of the file at line 2"),
        ("}", None, "found '}' instead of a value at line 1"),
        ("{/: 1}", {}, "found '/' instead of a key at line 1"),
        ("{a: 1 'x", {"a": 1}, 'found "\'x" instead of a comma at line 1'),
        ("/* x", None, "found '/' instead of a value at line 1"),
    ],
)
def test_everything_before_an_error_is_kept_and_the_error_is_described(text, tree, reason):
    value, broken = read(text)
    assert (value, str(broken)) == (tree, reason)
    assert not broken.at_end


def test_the_nesting_of_brackets_is_bounded():
    value, broken = read("[" * 100_000)
    assert isinstance(value, list)
    assert broken.reason == "nested too deeply (limit depth: 500)"
    assert read("[" * 500 + "]" * 500)[1] is None


@given(st.integers(0, len(JSON5) - 3))
def test_a_cut_anywhere_gives_part_of_the_tree(cut):
    def is_part(part, whole):
        if isinstance(part, dict):
            return isinstance(whole, dict) and all(key in whole and is_part(part[key], whole[key]) for key in part)
        if isinstance(part, list):
            return isinstance(whole, list) and all(map(is_part, part, whole))
        return str(whole).startswith(str(part))

    tree, broken = read(JSON5[:cut])
    assert broken
    assert tree is None or is_part(tree, TREE)


@pytest.mark.process
@pytest.mark.parametrize(
    "hostile",
    ["'\\" * 200_000, "/*" + "*" * 400_000, "{" + "a" * 400_000, "[" + "1" * 400_000, " " * 400_000, "//" * 200_000],
)
def test_reading_time_is_linear_in_the_length(hostile):
    start = time.process_time()
    read(hostile)
    assert time.process_time() - start < 2


def test_invalid_utf_8_is_replaced():
    assert read_json5(b"'a\xff'") == ("a\ufffd", None)


def test_a_string_without_escapes_is_unchanged():
    assert unescape("it's") == "it's"
