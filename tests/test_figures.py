import numpy as np
import pytest

import viewer
from viewer.figures import timeline, token_bars


def traces(figure):
    return {trace.name: trace for trace in figure.data if trace.name}


def test_the_timeline_ends_each_lane_at_its_tokens(seed_stream):
    lanes = traces(timeline(seed_stream, dark=False))
    assert {name: trace.y[-1] for name, trace in lanes.items()} == {
        "reasoning": 13,
        "hidden reasoning": 120,
        "content": 27,
    }


def test_a_bounded_timeline_has_a_band_for_each_lane_that_holds_its_curve(seed_stream):
    figure = timeline(seed_stream, dark=False)
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(bands) == 3
    for band, curve in zip(bands, traces(figure).values(), strict=True):
        half = len(band.x) // 2
        assert (np.asarray(band.x[:half]) <= np.asarray(curve.x)).all()
        assert (np.asarray(curve.x) <= np.asarray(band.x[half:])[::-1]).all()


def test_a_paced_timeline_says_so_on_its_axis_and_has_no_band():
    stream = viewer.load(b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n').streams[0]
    figure = timeline(stream, dark=False)
    assert "speed not recorded" in figure.layout.xaxis.title.text
    assert [trace.line.dash for trace in figure.data] == ["dash"]


def test_recorded_text_is_escaped_in_hover_labels():
    stream = viewer.load(b'data: {"choices":[{"index":0,"delta":{"content":"<a href=\'//x\'>&"}}]}\n\n').streams[0]
    [trace] = timeline(stream, dark=False).data
    assert "<a" not in trace.customdata[0]
    assert "&lt;a" in trace.customdata[0]


def test_token_bars_add_up_to_the_reported_counts(seed_stream):
    bars = token_bars(seed_stream, dark=True)
    rows = {"input": 0, "output": 0}
    for bar in bars.data:
        rows[bar.y[0]] += bar.x[0]
    assert rows == {"input": 213, "output": 160}
    assert traces(bars)["reasoning, hidden"].x[0] == 120
    assert traces(bars)["reasoning, hidden"].marker.pattern.shape == "/"


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_those_of_the_palette(seed_stream, dark):
    from viewer.palette import CONTENT

    assert traces(timeline(seed_stream, dark=dark))["content"].line.color == (CONTENT.dark if dark else CONTENT.light)
