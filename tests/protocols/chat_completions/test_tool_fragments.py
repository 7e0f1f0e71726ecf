"""Which call a fragment belongs to, in the ways in which providers number and identify their calls."""

import json

import pytest

import viewer
from tests.support.streams import delta


def part(arguments="", **fields):
    """Return a fragment with arguments, and with any of index, id and name."""
    name = {"name": fields.pop("name")} if "name" in fields else {}
    return {**fields, "function": {**name, "arguments": arguments}}


def load(*lists):
    """Return the cassette of a stream with these lists of fragments."""
    payloads = [*(delta(tool_calls=fragments) for fragments in lists), delta("tool_calls")]
    return viewer.load("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode())


ADD, MUL = ("add", '{"x":1}'), ("mul", '{"y":2}')

APART = {
    "whole calls that all have index 0": (
        [part('{"x":1}', index=0, id="a", name="add")],
        [part('{"y":2}', index=0, id="b", name="mul")],
    ),
    "fragments that all have index 0": (
        [part("", index=0, id="a", name="add")],
        [part('{"x"', index=0)],
        [part(":1}", index=0)],
        [part("", index=0, id="b", name="mul")],
        [part('{"y":2}', index=0)],
    ),
    "index 0 and the id on every fragment, interleaved": (
        [part("", index=0, id="a", name="add")],
        [part("", index=0, id="b", name="mul")],
        [part('{"x"', index=0, id="a")],
        [part('{"y"', index=0, id="b")],
        [part(":1}", index=0, id="a")],
        [part(":2}", index=0, id="b")],
    ),
    "whole calls without index": (
        [part('{"x":1}', id="a", name="add")],
        [part('{"y":2}', id="b", name="mul")],
    ),
    "fragments without index, continued without id": (
        [part('{"x"', id="a", name="add")],
        [part(":1}")],
        [part('{"y"', id="b", name="mul")],
        [part(":2}", id="")],
    ),
    "one list with the index 0 twice": (
        [part('{"x":1}', index=0, id="a", name="add"), part('{"y":2}', index=0, id="b", name="mul")],
    ),
    "index 0 and empty ids": (
        [part('{"x":1}', index=0, id="", name="add")],
        [part('{"y":2}', index=0, id="", name="mul")],
    ),
    "neither index nor id": ([part('{"x":1}', name="add")], [part('{"y":2}', name="mul")]),
    "one id for all": (
        [part('{"x":1}', index=0, id="call", name="add")],
        [part('{"y":2}', index=0, id="call", name="mul")],
    ),
}


@pytest.mark.parametrize("lists", APART.values(), ids=APART)
def test_calls_that_share_an_index_or_have_none_are_apart(lists):
    cassette = load(*lists)
    assert [(call.name, call.arguments) for call in cassette.streams[0].tool_calls] == [ADD, MUL]
    assert cassette.streams[0].chunks["tool"].nunique() == 2
    [problem] = cassette.problems
    assert problem.severity == "warning"
    assert "The official SDK" in problem.message


TOGETHER = {
    "id and name first": ([part("", index=0, id="a", name="add")], [part('{"x"', index=0)], [part(":1}", index=0)]),
    "the id on every fragment": ([part('{"x"', index=0, id="a", name="add")], [part(":1}", index=0, id="a")]),
    "an empty id later": ([part('{"x"', index=0, id="a", name="add")], [part(":1}", index=0, id="", name="")]),
    "a new id for every fragment": ([part('{"x"', index=0, id="a", name="add")], [part(":1}", index=0, id="b")]),
    "another spelling of the id": ([part('{"x"', index=0, id="call_a", name="add")], [part(":1}", index=0, id="A")]),
    "a new id and the name on every fragment": (
        [part('{"x"', index=0, id="a", name="add")],
        [part(":1}", index=0, id="b", name="add")],
    ),
    "id and name on every fragment": (
        [part("", index=0, id="a", name="add")],
        [part('{"x"', index=0, id="a", name="add")],
        [part(":1}", index=0, id="a", name="add")],
        [part("", index=0, id="a", name="add")],
    ),
    "the name in pieces": ([part("", index=0, id="a", name="a")], [part('{"x":1}', index=0, name="dd")]),
    "no index": ([part('{"x"', id="a", name="add")], [part(":1}")]),
    "no index, and a new id": ([part('{"x"', id="a", name="add")], [part(":1}", id="b")]),
    "the index only at first": ([part('{"x"', index=0, id="a", name="add")], [part(":1}")]),
    "the index only later": ([part('{"x"', id="a", name="add")], [part(":1}", index=0)]),
    "the id later than the name": ([part('{"x"', index=0, name="add")], [part(":1}", index=0, id="a")]),
}


@pytest.mark.parametrize("lists", TOGETHER.values(), ids=TOGETHER)
def test_a_call_whose_fragments_are_identified_in_odd_ways_stays_one(lists):
    cassette = load(*lists)
    assert [(call.name, call.arguments) for call in cassette.streams[0].tool_calls] == [ADD]
    assert cassette.problems == []


@pytest.mark.parametrize("index", [{0: 0, 1: 1}, {0: 1, 1: 0}, {0: 3, 1: 7}], ids=str)
def test_the_index_decides_if_each_call_has_its_own(index):
    cassette = load(
        [part("", index=index[0], id="same", name="add"), part("", index=index[1], id="same", name="mul")],
        [part('{"y"', index=index[1]), part('{"x"', index=index[0])],
        [part(":1}", index=index[0], id="same"), part(":2}", index=index[1], id="same")],
    )
    assert [(call.name, call.arguments) for call in cassette.streams[0].tool_calls] == [ADD, MUL]
    assert sorted(cassette.streams[0].chunks["tool"].dropna().unique()) == sorted(index.values())
    assert cassette.problems == []


def test_a_list_without_indices_is_continued_by_position():
    cassette = load(
        [part('{"x"', id="a", name="add"), part('{"y"', id="b", name="mul")],
        [part(":1}"), part(":2}")],
    )
    assert [(call.name, call.arguments) for call in cassette.streams[0].tool_calls] == [ADD, MUL]
    assert cassette.problems == []


def test_a_continuation_without_index_belongs_to_the_last_call():
    cassette = load(
        [part('{"x":1}', index=0, id="a", name="add")],
        [part('{"y"', index=1, id="b", name="mul")],
        [part(":2}")],
    )
    assert [(call.name, call.arguments) for call in cassette.streams[0].tool_calls] == [ADD, MUL]


def test_a_call_takes_a_free_number_and_leaves_a_later_index_its_own():
    cassette = load(
        [part("{}", index=0, id="a", name="one")],
        [part("{}", index=0, id="b", name="two")],
        [part("{}", index=1, id="c", name="three")],
    )
    assert [call.name for call in cassette.streams[0].tool_calls] == ["one", "two", "three"]
    assert list(cassette.streams[0].chunks["tool"].dropna()) == [0, 1, 2]


def test_the_problem_shows_what_the_sdk_makes_of_the_calls_and_where():
    cassette = load(*APART["whole calls that all have index 0"])
    [problem] = cassette.problems
    assert "'addmul', id 'ab'" in problem.message
    assert problem.offset == cassette.streams[0].chunks["offset"][1]


@pytest.mark.parametrize("odd", [None, 1, -1, 40_000, True, "x", [], {}, [[]]], ids=repr)
@pytest.mark.parametrize("field", ["index", "id", "name", "arguments", "function", "call", "list"])
def test_a_field_of_a_wrong_type_breaks_nothing(field, odd):
    fragment = part('{"x":1}', index=0, id="a", name="add")
    if field in ("name", "arguments"):
        fragment["function"][field] = odd
    elif field in fragment:
        fragment[field] = odd
    lists = odd if field == "list" else [odd if field == "call" else fragment]
    whole = [part('{"y":2}', index=0, id="b", name="mul")]
    calls = load(lists, whole, lists, whole).streams[0].tool_calls
    assert "mul" in [call.name for call in calls]
