import pandas as pd
import pytest

from viewer.library.search import SearchError, matching


def texts(*contents, **others):
    return pd.DataFrame(
        {
            "content": pd.Series(contents, dtype="string"),
            **{
                name: pd.Series(others.get(name, [""] * len(contents)), dtype="string")
                for name in ("reasoning", "tools", "request")
            },
        }
    )


@pytest.mark.parametrize(
    ("pattern", "regex", "hits"),
    [
        ("PARIS", False, [True, False, False]),
        ("é", False, [False, True, False]),
        ("É", False, [False, True, False]),
        ("a.b", False, [False, False, True]),
        ("p.r+", True, [True, False, False]),
        (r"caf\p{Ll}$", True, [False, True, False]),
        ("", False, [True, True, True]),
        ("nowhere", False, [False, False, False]),
    ],
)
def test_matching_ignores_case(pattern, regex, hits):
    assert matching(texts("In Paris.", "un café", "A.B"), pattern, regex=regex).tolist() == hits


def test_every_column_is_searched_and_rows_keep_their_index():
    table = texts("x", "", "", "", reasoning=["", "x", "", ""], tools=["", "", "x", ""], request=["", "", "", "x"])
    assert matching(table, "X").all()
    some = table.iloc[2:]
    assert matching(some, "x", columns=("tools",)).to_dict() == {2: True, 3: False}
    assert matching(table.iloc[:0], "x").tolist() == []


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){12}b", "(x+x+)+y"])
def test_patterns_that_hang_a_backtracking_engine_finish(pattern):
    assert matching(texts("a" * 200_000 + "!"), pattern, regex=True, deadline_s=60).tolist() == [False]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "not an RE2 regular expression"),
        (r"(a)\1", "not an RE2 regular expression"),
        ("(x|(.{0,30}){0,30}){9}q", "repeats too much"),
        ("[^a]{0,900}Q", "repeats too much"),
        ("x" * 501, "has 501 characters"),
    ],
)
def test_invalid_and_too_large_patterns_are_refused(pattern, why):
    with pytest.raises(SearchError, match=why):
        matching(texts("a"), pattern, regex=True)


def test_a_search_ends_at_its_deadline():
    ticks = iter(range(100))
    with pytest.raises(SearchError, match="did not finish within 2 s"):
        matching(texts(*["x" * 300_000] * 9), "y", deadline_s=2, clock=lambda: next(ticks))


def test_a_text_longer_than_a_window_is_searched_to_its_end():
    long = "x" * 2_500_000
    assert matching(texts(long + "end", long), "xend", regex=True, deadline_s=60).tolist() == [True, False]
