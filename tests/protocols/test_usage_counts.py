"""What the usage objects of several protocols have in common."""

import pytest

from viewer.protocols.usage_counts import sum_counts


@pytest.mark.parametrize(
    ("usages", "expected"),
    [
        ([], {}),
        ([{"input": 1, "tier": "x", "odd": True}], {"input": 1, "tier": "x", "odd": True}),
        ([{"input": 1, "tier": "x", "odd": True}, {"input": 2, "output": 3, "less": -1}], {"input": 3, "output": 3}),
    ],
)
def test_only_counts_are_added_up_and_a_single_usage_object_is_kept_as_it_is(usages, expected):
    assert sum_counts(usages) == expected
