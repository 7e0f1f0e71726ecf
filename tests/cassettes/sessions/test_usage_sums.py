"""Token counts, added up and subtracted."""

from viewer.cassettes.sessions.usage_sums import more_than, sum_of
from viewer.types.usage import Usage


def test_a_count_that_one_usage_lacks_is_not_known_of_the_sum():
    assert sum_of([Usage(5, 2, cache_read=1), Usage(7, 3), Usage(1, 1, cache_read=1)]) == Usage(13, 6)


def test_a_usage_that_is_missing_makes_the_sum_unknown():
    assert sum_of([Usage(5, 2), None]) is None
    assert sum_of([]) is None


def test_what_was_counted_before_is_subtracted():
    assert more_than(Usage(9, 4, 3, total=13), Usage(5, 1, total=6)) == Usage(4, 3, total=7)
    assert more_than(Usage(9, 4), None) == Usage(9, 4)
