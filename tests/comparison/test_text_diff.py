import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.comparison.alignment import align, gaps
from viewer.comparison.text_diff import Segment, diff_text


def sides(diff):
    return "".join(segment.left for segment in diff.segments), "".join(segment.right for segment in diff.segments)


def test_changed_words_are_found_in_a_changed_line():
    diff = diff_text("The quick brown fox jumps.\nThe end.\n", "The quick red fox jumps.\nThe end.\n")
    assert diff.segments == (
        Segment("equal", "The quick ", "The quick "),
        Segment("replace", "brown", "red"),
        Segment("equal", " fox jumps.\nThe end.\n", " fox jumps.\nThe end.\n"),
    )


def test_two_changed_words_in_a_row_are_one_change():
    diff = diff_text("one two three four five six", "one two drei vier five six")
    assert [segment for segment in diff.segments if segment.op != "equal"] == [
        Segment("replace", "three four", "drei vier")
    ]


def test_an_added_line_is_one_insertion():
    diff = diff_text("a\nc\n", "a\nb\nc\n")
    assert diff.segments == (
        Segment("equal", "a\n", "a\n"),
        Segment("insert", "", "b\n"),
        Segment("equal", "c\n", "c\n"),
    )


def test_japanese_is_compared_by_character():
    diff = diff_text("今日は天気がいいです", "今日は機嫌がいいです")
    assert [segment for segment in diff.segments if segment.op != "equal"] == [Segment("replace", "天気", "機嫌")]


def test_texts_that_share_only_common_words_are_replaced_as_a_whole():
    diff = diff_text("Paris is the capital of France", "Oi! a of the")
    assert [segment.op for segment in diff.segments] == ["replace"]
    assert diff.coarse_characters == 0


@pytest.mark.parametrize(("left", "right", "ops"), [("", "", []), ("a", "", ["delete"]), ("", "a", ["insert"])])
def test_an_empty_text_is_compared(left, right, ops):
    diff = diff_text(left, right)
    assert [segment.op for segment in diff.segments] == ops
    assert diff.is_same == (left == right)


TEXTS = st.text(st.sampled_from("ab \n.日本"), max_size=60)


@given(TEXTS, TEXTS)
@example("a b", "b a")
@example("1 2 3 4 5", "5 4 3 2 1")
def test_the_sides_make_up_the_texts_and_swapping_mirrors_them(left, right):
    diff, mirrored = diff_text(left, right), diff_text(right, left)
    assert sides(diff) == (left, right)
    assert diff.is_same == (left == right)
    assert [(one.left, one.right) for one in diff.segments] == [(one.right, one.left) for one in mirrored.segments]
    names = {"insert": "delete", "delete": "insert"}
    assert [one.op for one in diff.segments] == [names.get(one.op, one.op) for one in mirrored.segments]


@given(TEXTS, TEXTS)
def test_the_operation_of_a_segment_matches_its_sides(left, right):
    for segment in diff_text(left, right).segments:
        assert {
            "equal": segment.left == segment.right != "",
            "insert": not segment.left and segment.right,
            "delete": segment.left and not segment.right,
            "replace": segment.left and segment.right,
        }[segment.op]


ITEMS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=30)


@given(ITEMS, ITEMS)
@example(["a", "b"], ["b", "a"])
def test_runs_in_common_are_in_order_and_equal(left, right):
    matches = align(left, right)
    for match in matches:
        assert left[match.left : match.left + match.length] == right[match.right : match.right + match.length] != []
    ends = [(match.left + match.length, match.right + match.length) for match in matches]
    for end, match in zip(ends, matches[1:], strict=False):
        assert end[0] <= match.left
        assert end[1] <= match.right
    assert align(right, left) == [(match.right, match.left, match.length) for match in matches]
    between = list(gaps(matches, len(left), len(right)))
    assert sum(len(one) for one, _ in between) + sum(match.length for match in matches) == len(left)
    assert sum(len(other) for _, other in between) + sum(match.length for match in matches) == len(right)


WORDS = ["the ", "a ", "of ", "model ", "token ", "stream ", "reads. ", "slow\n"]


def words(seed, count=100_000, vocabulary=WORDS):
    chooser = random.Random(seed)  # noqa: S311 - no secret
    return [chooser.choice(vocabulary) for _ in range(count)]


def edited(text):
    return ["changed " if place % 97 == 0 else word for place, word in enumerate(text)]


@pytest.mark.process
@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(words(1), edited(words(1)), id="edited here and there"),
        pytest.param(words(1, vocabulary=WORDS[:6]), edited(words(1, vocabulary=WORDS[:6])), id="one line"),
        pytest.param(words(1), words(2), id="nothing alike"),
        pytest.param(["a ", "b "] * 50_000, ["b ", "a "] * 50_000, id="two words for ever"),
        pytest.param(["\n"] * 100_000, ["\n"] * 50_000 + ["x"] + ["\n"] * 30_000, id="blank lines"),
        pytest.param([f"{n}\n" for n in range(100_000)], [f"{n}\n" for n in range(100_000, 0, -1)], id="reversed"),
        pytest.param(words(1, vocabulary="ab \n"), words(2, vocabulary="ab \n"), id="noise"),
    ],
)
def test_long_texts_are_compared_in_time(left, right):
    left, right = "".join(left), "".join(right)
    begin = time.process_time()
    diff = diff_text(left, right)
    assert time.process_time() - begin < 5
    assert sides(diff) == (left, right)


def test_a_change_in_a_long_text_is_found_exactly():
    text = words(1)
    diff = diff_text("".join(text), "".join([*text[:70_000], "changed ", *text[70_000:]]))
    assert [segment for segment in diff.segments if segment.op != "equal"] == [Segment("insert", "", "changed ")]


def test_stretches_that_take_too_long_are_replaced_as_a_whole_and_counted():
    diff = diff_text("".join(words(1, vocabulary=WORDS[:6])), "".join(words(2, vocabulary=WORDS[:6])))
    assert diff.coarse_characters > 100_000
    assert [segment.op for segment in diff.segments].count("replace") < 50
