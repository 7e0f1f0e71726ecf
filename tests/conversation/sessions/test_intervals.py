"""Sets of stretches of time, held against sets of whole seconds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from viewer.conversation.sessions.intervals import Stretch, length_s, minus, union, within

stretches = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: Stretch(*pair)), max_size=8)


def seconds(of):
    return {second for begin, end in of for second in range(begin, end)}


@given(stretches, stretches, st.integers(0, 30), st.integers(0, 30))
def test_stretches_hold_the_same_seconds_as_sets(one, other, begin, end):
    joined, removed = union(one), union(other)
    assert seconds(joined) == seconds(one)
    assert length_s(joined) == len(seconds(one))
    assert seconds(minus(joined, removed)) == seconds(one) - seconds(other)
    assert seconds(within(joined, begin, end)) == seconds(one) & set(range(begin, end))


@given(stretches)
def test_a_union_is_sorted_and_its_stretches_do_not_touch(one):
    joined = union(one)
    assert all(before.end_s < after.begin_s for before, after in pairwise(joined))
