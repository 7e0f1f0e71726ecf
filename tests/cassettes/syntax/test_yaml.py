import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from viewer.cassettes.syntax.yaml import YAMLTreeError, read_documents


def trees_of(data):
    documents = read_documents(data)
    assert documents.broken is None
    return documents.trees


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
trees = st.recursive(scalars, lambda children: st.lists(children) | st.dictionaries(st.text(), children), max_leaves=20)


@given(trees)
def test_the_output_of_pyyaml_is_read_back(tree):
    text = yaml.safe_dump(tree, allow_unicode=True)
    expected = yaml.safe_load(text)
    assert trees_of(text.encode()) == [expected]


def test_several_documents_are_read():
    assert trees_of(b"a: 1\n---\n- b\n---\nc") == [{"a": 1}, ["b"], "c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!binary aGk=", b"hi"),
        ("!binary |\n  aGk=", b"hi"),
        ("!!python/object/apply:os.system ['true']", ["true"]),
        ("!ruby/object:Net {a: 1}", {"a": 1}),
        ("!!str 12", "12"),
        ("'12'", "12"),
        ("2025-01-01", "2025-01-01"),
        ("012", "012"),
        ("? [a, b]\n: 1", {"(list)": 1}),
        ("? {a: b}\n: 1", {"(mapping)": 1}),
        ("? !!python/object/apply:multidict.istr [accept]\n: 1", {"accept": 1}),
        ("&x {a: 1}", {"a": 1}),
    ],
)
def test_tags_are_read_as_the_plain_data_below_them(text, expected):
    assert trees_of(text.encode()) == [expected]


def test_an_alias_is_the_node_it_names():
    assert trees_of(b"a: &x [1, 2]\nb: *x\nc: &s text\nd: *s") == [{"a": [1, 2], "b": [1, 2], "c": "text", "d": "text"}]


@pytest.mark.parametrize("opening", [b"[\n", b"{a: ", b"- "])
def test_depth_is_bounded_and_does_not_end_the_process(opening):
    with pytest.raises(YAMLTreeError, match=r"nested too deeply \(limit depth: 500\)"):
        read_documents(opening * 200_000)


def test_brackets_on_one_line_are_bounded_by_libyaml_if_it_can():
    try:
        broken = read_documents(b"[" * 200_000).broken
    except YAMLTreeError as error:
        broken = error.broken
    assert "nest" in broken.reason


def test_an_alias_bomb_is_refused():
    lines = [b"a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [b"%c: &%c [%s]" % (98 + i, 98 + i, b", ".join([b"*%c" % (97 + i)] * 9)) for i in range(9)]
    with pytest.raises(YAMLTreeError, match=r"\(limit alias_nodes: 1,000,000\)"):
        read_documents(b"\n".join(lines))


def test_a_node_that_contains_itself_is_refused():
    with pytest.raises(YAMLTreeError, match="no finished node"):
        read_documents(b"&a [*a]")


def test_nested_container_keys_stay_small():
    text = "? [" * 100 + "x" + "]\n" * 100
    assert len(str(read_documents(text.encode()).trees)) < 10_000


def test_a_broken_text_gives_everything_before_the_break_and_its_line():
    documents = read_documents(b"a: 1\nb: [x, y]\n\tc: [")
    assert documents.trees == [{"a": 1, "b": ["x", "y"]}]
    assert documents.broken.line == 3


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_quoted_text_that_is_cut_off_is_kept(quote):
    documents = read_documents(f"a: 1\nb:\n- c: {quote}data: x\n\n\n  data: y".encode())
    assert documents.trees == [{"a": 1, "b": [{"c": "data: x\n\ndata: y"}]}]
    assert documents.broken.line == 3


def test_every_yaml_cassette_of_the_corpus_gives_the_same_tree_as_pyyaml(shared):
    def same(ours, theirs):
        """Compare trees. A date of PyYAML corresponds to its text here."""
        if isinstance(theirs, dict):
            return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in theirs)
        if isinstance(theirs, list):
            return len(ours) == len(theirs) and all(map(same, ours, theirs))
        return isinstance(ours, str) if isinstance(theirs, dt.date) else ours == theirs

    compared = 0
    for path in sorted((shared / "corpus").rglob("*.y*ml")):
        data = path.read_bytes()
        try:
            theirs = list(yaml.load_all(data, Loader=yaml.CSafeLoader))
        except yaml.YAMLError:
            assert read_documents(data).trees
            continue
        assert same(trees_of(data), theirs), path
        compared += 1
    assert compared > 500


@pytest.mark.parametrize("character", ["\x01", "\x1b", "\x7f", "\x80", "\x9f", "\ufeff", "\ufffe", "\uffff"])
@pytest.mark.parametrize(
    "written", ["k: 'a{}b'", 'k: "a{}b"', "k: a{}b", "k: >\n  a{}b", "k: |\n  a{}b", "k: 'a{}b\n\n  '"]
)
def test_a_control_character_that_is_not_escaped_is_read(character, written):
    documents = read_documents(written.format(character).encode())
    assert documents.trees[0]["k"].strip("\n") == f"a{character}b"
    assert (documents.broken, documents.odd_characters) == (None, 1)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_line_end_of_yaml_1_1_inside_of_a_line_is_text_if_the_file_cannot_be_read_otherwise(character):
    assert trees_of(f"k: |\n  a{character}b\n".encode()) == [{"k": f"a{character}b\n"}]


@pytest.mark.parametrize("data", [b"k: a\x00b", b"k: \x1b\xff", "k: \x1b\U00100041".encode()])
def test_what_is_not_text_is_still_refused(data):
    assert read_documents(data).broken


def test_a_file_with_control_characters_may_be_cut_off():
    documents = read_documents(b'- "a\x1bb"\n- "c\x1b')
    assert documents.trees == [["a\x1bb", "c\x1b"]]
    assert documents.broken.at_end
