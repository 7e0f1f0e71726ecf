import pytest

from tests.support.har_files import asked, chat, entry
from viewer.comparison.figures import MetricRow, UsageRow, cost_row, difference
from viewer.comparison.folders.totals import Totals
from viewer.types.cost import Cost, unpriced
from viewer.types.measure import Measure, unknown

UNPRICED = (unpriced("none"), unpriced("none"))


class Pair:
    """What totals read of a comparison."""

    def __init__(self, metrics=(), usage=(), costs=UNPRICED):
        self.metrics = tuple(
            MetricRow(name, name, one.unit, (one, other), (difference(one, other),)) for name, one, other in metrics
        )
        self.usage = tuple(UsageRow(name, name, counts) for name, counts in usage)
        self.cost = cost_row(costs)


def bounded(value, low, high):
    return Measure(value, low, high, "s", "bounded", "")


def added(*pairs):
    totals = Totals()
    for pair in pairs:
        totals.add(pair)
    return totals


def test_tokens_are_added_up_only_where_both_sides_report_them():
    totals = added(*(Pair(usage=[("output", counts)]) for counts in ((10, 12), (1, 2), (None, 5))))
    assert totals.usage() == [("output", 11, 14, 2, 1)]


def test_the_bounds_of_a_sum_are_the_sums_of_the_bounds():
    rows = [
        ("stream_time", bounded(1, 0.5, 2), bounded(3, 2.5, 4)),
        ("stream_time", bounded(2, 1, 3), bounded(2, 1, 3)),
    ]
    [figure] = added(*(Pair([row]) for row in rows)).figures()
    assert (figure.left.value, figure.left.low, figure.left.high) == (3, 1.5, 5)
    assert (figure.right.value, figure.right.low, figure.right.high) == (5, 3.5, 7)
    assert figure.relations == {"higher": 1, "within bounds": 1}


def test_a_sum_has_no_upper_bound_if_one_of_its_parts_has_none():
    rows = [("ttft", bounded(None, 0.2, None), bounded(1, 1, 1)), ("ttft", bounded(1, 1, 1), bounded(1, 1, 1))]
    [figure] = added(*(Pair([row]) for row in rows)).figures()
    assert (figure.left.value, figure.left.low, figure.left.high) == (None, 1.2, None)


def test_grades_are_never_mixed_and_unlike_ones_are_counted():
    measured = Measure(1, 1, 1, "s", "measured", "")
    totals = added(
        Pair([("ttft", measured, measured)]),
        Pair([("ttft", bounded(1, 0, 2), bounded(1, 0, 2))]),
        Pair([("ttft", measured, bounded(1, 0, 2))]),
        Pair([("ttft", measured, unknown("s", "no times"))]),
    )
    assert [(one.grade, sum(one.relations.values())) for one in totals.figures()] == [("measured", 1), ("bounded", 1)]
    assert totals.unlike == 2


def test_rates_are_not_added_up():
    rate = Measure(5, 5, 5, "tokens/s", "measured", "")
    [figure] = added(Pair([("tokens_per_second", rate, rate)])).figures()
    assert (figure.left, figure.right, figure.relations) == (None, None, {"same": 1})


def test_costs_are_added_up_where_both_are_known():
    known = [Cost(0.5, "reported"), Cost(0.25, "reported")]
    totals = added(Pair(costs=known), Pair(costs=known), Pair(costs=[known[0], unpriced("none")]))
    assert totals.cost() == ("cost", 1.0, 0.5, 2, 1)
    assert added(Pair()).cost() is None


def test_a_recording_without_times_adds_no_second(compare):
    """Chat streams with a constant `created` have no arrival times."""
    result = compare(
        {"a.har": [entry(asked(), chat("Hello"))]}, {"a.har": [entry(asked(), chat("Hello you", "and me"))]}
    )
    assert [one for one in result.totals.figures() if one.grade == "paced"] == []
    assert result.totals.pairs == 1
    assert pytest.approx(13) == next(one.left for one in result.totals.usage() if one.label.startswith("total"))
