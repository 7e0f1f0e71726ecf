import numpy as np
import pytest

from viewer.library.stream_rows import COLUMNS, to_dataframe
from viewer.library.totals import add_up, quantiles

COMMON = {"size_bytes": 1, "interaction": 0, "tool_calls": 0, "problems": 0, "kind": "stream"}


def row(**values):
    return {**COMMON, **values}


@pytest.fixture
def streams():
    measured = [
        row(grade="measured", ttft_s=float(n), ttft_grade="measured", provider="xai", protocol="openai-chat")
        for n in range(11)
    ]
    return to_dataframe(
        [
            *measured,
            row(
                grade="span",
                ttft_s=100.0,
                ttft_grade="span",
                input_tokens=3,
                reasoning_tokens=2,
                output_tokens=5,
                cost_usd=0.5,
                cost_is_estimate=True,
            ),
            row(
                grade="paced",
                ttft_low_s=0.2,
                ttft_grade="bounded",
                input_tokens=4,
                cost_usd=0.25,
                cost_is_estimate=False,
            ),
            row(kind="error", error="429"),
        ],
        COLUMNS,
    )


def test_quantiles_agree_with_numpy_and_grades_are_not_mixed(streams):
    table = quantiles(streams)
    assert table.index.tolist() == ["measured", "span"]
    assert table.loc["measured"].tolist() == [11, 0, 5, 9, pytest.approx(np.percentile(range(11), 99)), 10]
    assert table.loc["span", ["streams", "p50", "high"]].tolist() == [1, 100, 100]


def test_rows_with_only_bounds_have_no_quantiles(streams):
    assert len(quantiles(streams[streams["grade"] == "paced"])) == 0
    assert len(quantiles(streams, "length")) == 0


def test_tokens_and_costs_are_added_and_unknown_ones_counted(streams):
    sums = add_up(streams)
    assert sums.tokens.to_dict() == {
        "input_tokens": 7,
        "output_tokens": 5,
        "reasoning_tokens": 2,
        "hidden_tokens": 0,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
    }
    assert (sums.counted, sums.unpriced) == (2, 12)
    assert sums.cost_usd == 0.75


def test_rows_are_counted_by_kind_and_grade(streams):
    sums = add_up(streams)
    assert sums.by_kind.to_dict() == {"stream": 13, "answer": 0, "error": 1}
    assert sums.by_grade.to_dict() == {"measured": 11, "stamped": 0, "bounded": 0, "span": 1, "paced": 1}


def test_an_empty_selection_has_zero_totals(streams):
    nothing = add_up(streams.iloc[:0])
    assert nothing.tokens.sum() == nothing.cost_usd == 0
    assert len(quantiles(streams.iloc[:0])) == 0
