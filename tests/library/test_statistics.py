"""Percentiles of figures over many answers, checked against recordings whose true times are known."""

import json
import math
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import viewer
from tests.conftest import SAMPLES
from tests.support.recorded_exchanges import arrived, cassette_of, exchange
from viewer.library import join_batches, members, read_batches, statistics_of
from viewer.library.open_many import COLUMNS, answer_rows
from viewer.library.statistics import COUNTS, PERCENTILES, TIMES, answers_in, percentiles
from viewer.library.stream_rows import to_dataframe
from viewer.types.http import RecordedTimes

STARTED_S = 1_767_225_600.0


class Truth(NamedTuple):
    """A stream as it was: when each chunk came, in seconds since the request."""

    arrivals: tuple[float, ...]
    model: str = "m"

    def parts(self, stamps):
        for place, stamp in enumerate(stamps):
            choice = {"index": 0, "delta": {"content": f"word{place} "}}
            chunk = {"model": self.model, "created": stamp, "choices": [choice]}
            if place == len(stamps) - 1:
                choice["finish_reason"] = "stop"
                chunk["usage"] = {"prompt_tokens": 5, "completion_tokens": 3 * place + 3, "total_tokens": 3 * place + 8}
            yield f"data: {json.dumps(chunk)}\n\n".encode()

    def recorded(self, how):
        """Return the stream as a recorder that keeps these times writes it."""
        stamps = [0] * len(self.arrivals)
        if how == "stamps":
            stamps = [math.floor(STARTED_S + arrival) for arrival in self.arrivals]
        parts = list(self.parts(stamps))
        times = RecordedTimes()
        if how == "arrivals":
            times = arrived(parts, self.arrivals, headers_s=self.arrivals[0] * 0.9)
        elif how == "total":
            times = RecordedTimes(headers_s=self.arrivals[0] * 0.9, whole_s=self.arrivals[-1] + 0.01)
        return exchange([*parts, b"data: [DONE]\n\n"] if how != "arrivals" else parts, times=times)


def table(*interactions):
    return to_dataframe(answer_rows(cassette_of(*interactions), "made.yaml"), COLUMNS)


def figures(*interactions):
    [group] = statistics_of(table(*interactions))
    return group.figures


HOW = ("arrivals", "stamps", "total", "nothing")
GAPS = st.lists(st.floats(0.01, 2.5), min_size=2, max_size=9)
TRUTHS = GAPS.map(lambda gaps: Truth(tuple(float(one) for one in np.cumsum(gaps))))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TRUTHS, st.sampled_from(HOW)), min_size=1, max_size=12))
def test_the_bounds_of_every_percentile_hold_the_truth(recorded):
    true = table(*(truth.recorded("arrivals") for truth, _ in recorded))
    stripped = table(*(truth.recorded(how) for truth, how in recorded))
    [group] = statistics_of(stripped)
    for name in TIMES:
        found = group.figures[name]
        values = true[name][stripped[f"{name}_grade"].notna()]
        for percentile, measure in found.percentiles.items():
            truth = np.percentile(values, 100 * PERCENTILES[percentile])
            assert (measure.low or 0.0) <= truth * (1 + 1e-9), (name, percentile, measure)
            assert truth * (1 - 1e-9) <= (math.inf if measure.high is None else measure.high), (
                name,
                percentile,
                measure,
            )
            if measure.value is not None:
                assert measure.value == pytest.approx(truth, rel=0.06), (name, percentile, measure)


def test_hidden_times_are_really_hidden_so_the_check_of_bounds_checks_something():
    truth = Truth((0.4, 1.3, 2.6, 4.1))
    grades = [table(truth.recorded(how))["stream_time_grade"].iloc[0] for how in HOW]
    assert grades[:3] == ["measured", "bounded", "span"]
    assert pd.isna(grades[3])


MEASURED = [Truth((0.1 * n, 0.1 * n + 0.5, 0.1 * n + 0.5 + 0.25 * n)) for n in range(1, 21)]


def test_measured_figures_have_numpys_percentiles_exactly():
    found = figures(*(truth.recorded("arrivals") for truth in MEASURED))
    for name, values in (
        ("ttft", [truth.arrivals[0] for truth in MEASURED]),
        ("stream_time", [truth.arrivals[-1] - truth.arrivals[0] for truth in MEASURED]),
        ("longest_stall", [max(0.5, 0.25 * n) for n in range(1, 21)]),
    ):
        for percentile, share in PERCENTILES.items():
            measure = found[name].percentiles[percentile]
            expected = pytest.approx(np.percentile(values, 100 * share))
            assert (measure.low, measure.value, measure.high) == (expected,) * 3
            assert (measure.grade, measure.unit) == ("measured", "s")
        assert (found[name].known, found[name].of, found[name].grades) == (20, 20, {"measured": 20})


def test_a_single_bounded_recording_leaves_no_best_value_where_it_matters():
    # It took longest of all, but that is known only within two seconds.
    slow = Truth((0.1, 10.0, 20.0)).recorded("stamps")
    found = figures(slow, *(truth.recorded("arrivals") for truth in MEASURED))["stream_time"].percentiles
    assert found["p50"].value == pytest.approx(3.25)
    assert found["p99"].value is None
    assert found["p99"].low < found["p99"].high
    assert found["p99"].grade == "bounded"


def test_a_figure_that_most_recordings_do_not_support_has_a_count_and_no_percentiles():
    truth = Truth((0.5, 1.0, 3.0))
    three = figures(*[truth.recorded("arrivals")] * 3, *[truth.recorded("nothing")] * 4)["stream_time"]
    assert (three.known, three.of, three.percentiles) == (3, 7, {})
    four = figures(*[truth.recorded("arrivals")] * 4, *[truth.recorded("nothing")] * 4)["stream_time"]
    assert (four.known, four.of) == (4, 8)
    assert four.percentiles["p50"].value == pytest.approx(2.5)


def test_paced_times_never_enter():
    found = figures(*[Truth((0.5, 1.0, 3.0)).recorded("nothing")] * 5)
    assert {name: found[name].known for name in TIMES} == dict.fromkeys(TIMES, 0)
    frame = table(*[Truth((0.5, 1.0, 3.0)).recorded("arrivals")] * 5)
    frame["ttft_grade"] = pd.Series(["paced"] * 5, dtype=frame["ttft_grade"].dtype)
    assert statistics_of(frame)[0].figures["ttft"].known == 0


def test_lower_bounds_alone_give_lower_bounds_alone():
    seed = viewer.open_many(SAMPLES / "grok-code-fast-1_simple_streaming.yaml")
    ttft = statistics_of(seed)[0].figures["ttft"].percentiles["p90"]
    assert (ttft.value, ttft.low, ttft.high) == (None, pytest.approx(0.193, abs=0.001), None)


def test_upper_percentiles_are_unbounded_where_enough_recordings_are():
    frame = table(*(truth.recorded("arrivals") for truth in MEASURED[:10]))
    # The last one took 1.0 s at least.
    frame.loc[9, ["ttft", "ttft_high"]] = np.nan
    found = statistics_of(frame)[0].figures["ttft"].percentiles
    assert found["p50"].value == pytest.approx(0.55)
    assert (found["p99"].value, found["p99"].high) == (None, None)
    assert found["p99"].low == pytest.approx(np.percentile(np.arange(1, 11) / 10, 99))


def test_tokens_and_cost_are_exact_and_count_answers_that_were_not_streamed():
    frame = viewer.open_many(SAMPLES)
    [group] = statistics_of(frame)
    whole = frame[frame.error.isna() & frame.complete]
    assert not whole.streamed.all()
    tokens = group.figures["output_tokens"]
    assert (tokens.known, tokens.of, tokens.grades) == (whole.output_tokens.count(), len(whole), {})
    expected = np.percentile(whole.output_tokens.dropna(), 90)
    p90 = tokens.percentiles["p90"]
    assert (p90.low, p90.value, p90.high, p90.unit) == (expected, expected, expected, "tokens")
    assert group.figures["ttft"].of == whole.streamed.sum()


def test_answers_that_failed_or_were_cut_off_are_left_out_and_counted():
    whole = Truth((0.5, 1.0, 3.0)).recorded("arrivals")
    failed = exchange(
        [b'{"error": {"message": "slow down"}}'], status=429, headers={"content-type": "application/json"}
    )
    cut_off = exchange([b'data: {"model": "m", "choices": [{"index": 0, "delta": {"content": "a"}}]}\n\n'])
    [group] = statistics_of(table(whole, failed, cut_off))
    assert (group.recordings, group.answers, group.streams, group.left_out) == (1, 1, 1, 2)
    assert group.figures["output_tokens"].of == 1


def test_groups_are_sorted_by_size_and_what_is_not_known_comes_last():
    frame = table(*(Truth((0.5, 1.0), model).recorded("arrivals") for model in "bacc???"))
    frame.loc[frame.model == "?", "model"] = pd.NA
    assert [(group.name, group.answers) for group in statistics_of(frame, "model")] == [
        ("c", 2),
        ("a", 1),
        ("b", 1),
        (None, 3),
    ]


def test_days_are_those_of_utc_and_in_order():
    frame = table(*[Truth((0.5, 1.0)).recorded("arrivals")] * 4)
    frame["recorded_at"] = pd.to_datetime(
        pd.Series(["2026-01-02T00:00:00Z", "2026-01-01T23:59:59Z", None, "2026-01-02T12:00:00Z"]), utc=True
    )
    assert [(group.name, group.answers) for group in statistics_of(frame, "day")] == [
        ("2026-01-01", 1),
        ("2026-01-02", 2),
        (None, 1),
    ]


def test_no_answers_make_no_groups():
    assert statistics_of(viewer.open_many()) == []


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50))
def test_percentiles_agree_with_numpy(values):
    assert percentiles(np.array(values)) == pytest.approx(np.percentile(values, [50, 90, 95, 99]))


def test_percentiles_of_infinite_values_are_infinite_and_never_not_a_number():
    assert percentiles(np.array([1.0, np.inf, 2.0])).tolist() == [2.0, np.inf, np.inf, np.inf]
    assert percentiles(np.array([np.inf, np.inf])).tolist() == [np.inf] * 4


def test_rows_of_the_library_give_the_same_percentiles():
    [here] = statistics_of(viewer.open_many(SAMPLES))
    rows = join_batches(read_batches(list(members(SAMPLES)))).streams
    [there] = statistics_of(answers_in(rows))
    assert set(there.figures) == {"ttft", "stream_time", *COUNTS}
    assert there.figures == {name: here.figures[name] for name in there.figures}
    assert (there.recordings, there.answers, there.streams, there.left_out) == (
        here.recordings,
        here.answers,
        here.streams,
        here.left_out,
    )
