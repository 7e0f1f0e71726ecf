import pytest

from viewer.comparison.diff_lines import diff_lines
from viewer.comparison.text_diff import diff_text


def lines(left, right, max_lines=100, max_characters=10_000):
    shown = diff_lines(diff_text(left, right), max_lines, max_characters)
    return [f"{line.mark} {line.text}" for line in shown.lines]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a\nb\nc\n", "a\nx\nc\n", ["  a", "- b", "+ x", "  c"]),
        ("a\nb\nc\n", "a\nc\n", ["  a", "- b", "  c"]),
        ("a\nc\n", "a\nb\nc\n", ["  a", "+ b", "  c"]),
        ("a b c d", "a b c e", ["- a b c d", "+ a b c e"]),
        ("", "a\nb", ["+ a", "+ b"]),
        ("a\nb", "", ["- a", "- b"]),
        ("same", "same", []),
        ("", "", []),
    ],
)
def test_a_diff_is_removed_and_added_lines(left, right, expected):
    assert lines(left, right) == expected


def test_changed_words_are_marked_in_their_line():
    shown = diff_lines(diff_text("one two three", "one four three"), 10, 100)
    assert [[span.text for span in line.spans if span.is_changed] for line in shown.lines] == [["two"], ["four"]]


def test_equal_lines_far_from_a_change_are_counted():
    left = [f"line {number}\n" for number in range(20)]
    right = [*left[:10], "new\n", *left[10:]]
    assert lines("".join(left), "".join(right)) == [
        "… 8 equal lines",
        "  line 8",
        "  line 9",
        "+ new",
        "  line 10",
        "  line 11",
        "… 8 equal lines",
    ]


def test_long_equal_stretches_of_a_line_are_shortened():
    same = "word " * 200
    went, came = lines(f"{same}old {same}", f"{same}new {same}")
    assert len(went) < 200
    assert went.startswith("- …")
    assert "old" in went
    assert "new" in came


def test_a_long_changed_line_is_cut_and_the_rest_counted():
    (line,) = lines("", "x" * 5_000)
    assert line.endswith("… (3,000 more characters)")


def test_lines_that_do_not_fit_are_counted():
    text = "".join(f"{number}\n" for number in range(50))
    shown = diff_lines(diff_text("", text), 10, 10_000)
    assert (len(shown.lines), shown.left_out) == (10, 40)
    shown = diff_lines(diff_text("", text), 100, 30)
    assert len(shown.lines) + shown.left_out == 50
