import math

import pytest

import viewer
from tests.support.har_files import asked, chat, entry, har
from viewer.comparison.figures import attribute_rows, cost_row, describe_difference, difference, metric_rows, usage_rows
from viewer.comparison.side import side
from viewer.streams.cost import Cost
from viewer.types.measure import Measure, unknown
from viewer.types.usage import Usage


def exactly(value, unit="s", grade="measured"):
    return Measure(value, value, value, unit, grade, "")


def within(value, low, high, unit="s", grade="bounded"):
    return Measure(value, low, high, unit, grade, "")


@pytest.mark.parametrize(
    ("first", "other", "relation", "described"),
    [
        (exactly(2.0), exactly(2.0), "same", "same"),
        (exactly(2.0), exactly(1.0), "lower", "1.00 s less (0.5×)"),
        (exactly(2.0), exactly(3.0), "higher", "1.00 s more (1.5×)"),
        (exactly(10.0, "tokens/s"), exactly(20.0, "tokens/s"), "higher", "10 tokens/s faster (2×)"),
        (exactly(20.0, "tokens/s"), exactly(10.0, "tokens/s"), "lower", "10 tokens/s slower (0.5×)"),
        (within(2.0, 1.0, 3.0), within(2.5, 2.0, 4.0), "within bounds", "within bounds"),
        (within(2.0, 1.0, 3.0), within(5.0, 4.0, 6.0), "higher", "3.00 s more (2.5×)"),
        (within(2.0, None, None), exactly(9.0, grade="bounded"), "within bounds", "within bounds"),
        (exactly(0.0), exactly(1.0), "higher", "1.00 s more"),
    ],
)
def test_a_difference_is_described_as_far_as_the_bounds_allow(first, other, relation, described):
    found = difference(first, other)
    assert found.relation == relation
    assert describe_difference(found, first.unit) == described


def test_different_grades_are_named():
    assert describe_difference(difference(exactly(2.0), within(5.0, 4.0, 6.0)), "s") == (
        "3.00 s more (2.5×) (bounded against measured)"
    )


def test_bounds_alone_show_which_is_greater_but_not_by_how_much():
    found = difference(exactly(0.1), Measure(None, 0.193, None, "s", "bounded", ""))
    assert (found.relation, found.delta, found.ratio) == ("higher", None, None)
    assert describe_difference(found, "s") == "more (bounded against measured)"
    overlap = difference(exactly(0.5, grade="bounded"), Measure(None, 0.193, None, "s", "bounded", ""))
    assert (overlap.relation, overlap.delta) == ("not known", None)


@pytest.mark.parametrize("swap", [False, True])
def test_an_unknown_figure_is_not_compared(swap):
    pair = (exactly(2.0), unknown("s", "the recording does not say when chunks arrived"))
    found = difference(*(pair[::-1] if swap else pair))
    assert (found.relation, found.delta, found.ratio) == ("not known", None, None)
    assert found.note == "the recording does not say when chunks arrived"


def test_figures_of_a_paced_stream_are_not_compared(seed_stream):
    paced = viewer.load(har(entry(asked(), chat("a", "b"))), "a.har").streams[0]
    assert paced.timing.grade == "paced"
    rows = metric_rows([seed_stream, paced])
    assert rows
    for row in rows:
        assert [one.relation for one in row.differences] == ["not known"], row.name


def test_figures_of_three_streams_are_compared_with_the_first(seed_stream):
    rows = {row.name: row for row in metric_rows([seed_stream] * 3)}
    rate = rows["chunks_per_second"]
    assert [measure.value for measure in rate.measures] == [82, 82, 82]
    assert [one.relation for one in rate.differences] == ["same", "same"]
    assert rate.differences[0].delta == 0
    assert math.isclose(rate.differences[0].ratio, 1)
    assert rows["thinking_time"].differences[0].relation == "within bounds"


def test_token_counts_are_listed_side_by_side():
    rows = {
        row.name: row for row in usage_rows([Usage(input=5, output=2), Usage(input=5, output=3, reasoning=1), None])
    }
    assert rows["input"].counts == (5, 5, None)
    assert rows["output"].counts == (2, 3, None)
    assert "cache_read" not in rows
    assert not usage_rows([Usage(input=5), Usage(input=5)])[0].differs
    assert rows["output"].differs


def test_costs_are_compared_if_both_are_known():
    dear, cheap, unpriced = Cost(0.4, "own"), Cost(0.1, "list", is_estimate=True), Cost(None, "unpriced: no day")
    row = cost_row([dear, cheap, unpriced])
    assert row.differences[0].relation == "lower"
    assert row.differences[0].ratio == pytest.approx(0.25)
    assert "estimate" in row.differences[0].note
    assert (row.differences[1].relation, row.differences[1].note) == ("not known", "unpriced: no day")


def test_attributes_name_the_aspect_in_which_they_differ():
    left = side(viewer.load(har(entry(asked(), chat("a", finish="stop")))), 0)
    right = side(viewer.load(chat("a", "b", finish="length", model="other").encode()), 0)
    differing = {row.label: row.aspect for row in attribute_rows((left, right)) if row.differs}
    assert differing == {
        "recorder": None,
        "provider": None,
        "model": "model",
        "finish reason": "finish-reason",
        "chunks": None,
    }
