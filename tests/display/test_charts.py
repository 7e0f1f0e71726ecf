import json

import numpy as np
import pytest

import viewer
from viewer.display.charts import timeline, token_sunburst
from viewer.pages.server.recordings import SAMPLES


def traces(figure):
    return {trace.name: trace for trace in figure.data if trace.name}


def test_the_timeline_ends_each_lane_at_its_tokens(seed_stream):
    lanes = traces(timeline(seed_stream, dark=False))
    assert {name: trace.y[-1] for name, trace in lanes.items()} == {
        "reasoning": 13,
        "hidden reasoning": 120,
        "content": 27,
    }


def edges(band):
    """The upper and the lower edge of a band, each as a function from a time to the count it allows."""
    x, y = np.asarray(band.x), np.asarray(band.y)
    [turn] = np.flatnonzero((x[1:] == x[:-1]) & (x[1:] == x.max()) & (np.arange(1, len(x)) == np.argmax(x) + 1))[:1]
    upper, lower = (x[: turn + 1], y[: turn + 1]), (x[turn + 1 :][::-1], y[turn + 1 :][::-1])

    def count_at(edge, time):
        return edge[1][np.searchsorted(edge[0], time, side="right") - 1] if time >= edge[0][0] else 0

    return lambda time: count_at(upper, time), lambda time: count_at(lower, time)


def bounded_stream(seconds):
    events = [
        {"created": 1_760_000_000 + at, "choices": [{"index": 0, "delta": {"content": "word"}}]} for at in seconds
    ]
    return viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]


@pytest.mark.parametrize("seconds", [None, [0, 0, 0, 10, 10, 10], [0, 1, 1, 1, 2], [0, 5]])
def test_a_band_contains_its_curve_at_every_moment_not_only_at_its_corners(seed_stream, seconds):
    figure = timeline(seed_stream if seconds is None else bounded_stream(seconds), dark=False)
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    curves = list(traces(figure).values())
    assert len(bands) == len(curves) == (3 if seconds is None else 1)
    for band, curve in zip(bands, curves, strict=True):
        highest, lowest = edges(band)
        at, tokens = np.asarray(curve.x), np.asarray(curve.y)
        for time in np.linspace(0, at[-1], 400):
            count = tokens[np.searchsorted(at, time, side="right") - 1] if time >= at[0] else 0
            assert lowest(time) <= count <= highest(time), time


def test_a_band_of_many_chunks_has_few_corners():
    stream = bounded_stream(np.repeat(np.arange(10), 700).tolist())
    [band] = [trace for trace in timeline(stream, dark=False).data if trace.fill == "toself"]
    assert len(band.x) < 60


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


def test_the_name_of_a_recorded_tool_is_escaped_in_the_legend():
    call = {"index": 0, "function": {"name": "<a href='//x'>f</a>", "arguments": "{}"}}
    body = json.dumps({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]})
    [trace] = timeline(viewer.load(f"data: {body}\n\n".encode()).streams[0], dark=False).data
    assert "<a" not in trace.name


def test_the_rings_of_tokens_add_up_to_the_reported_counts(seed_stream):
    [rings] = token_sunburst(seed_stream, dark=True).data
    values = dict(zip(rings.ids, rings.values, strict=True))
    parents = dict(zip(rings.ids, rings.parents, strict=True))
    assert values["input"] == 213
    assert values["output"] == 160
    assert values["reasoning, hidden"] == 120
    for whole in ("input", "output"):
        assert sum(values[part] for part, above in parents.items() if above == whole) == values[whole]


def test_counts_that_do_not_add_up_are_still_drawn():
    usage = {
        "prompt_tokens": 5,
        "completion_tokens": 4,
        "total_tokens": 9,
        "completion_tokens_details": {"reasoning_tokens": 40},
    }
    body = json.dumps({"choices": [{"index": 0, "delta": {"content": "a"}}], "usage": usage})
    [rings] = token_sunburst(viewer.load(f"data: {body}\n\n".encode()).streams[0], dark=False).data
    assert rings.branchvalues == "remainder"
    assert all(value > 0 for value in rings.values)


def test_the_rate_of_a_steady_stream_does_not_drop_at_its_end():
    [stream] = viewer.load(SAMPLES / "gemma-3-270m_curl.trace").streams
    rate = next(trace for trace in timeline(stream, dark=False).data if trace.fill == "tozeroy")
    content = stream.chunks[stream.chunks["kind"] == "content"]
    assert rate.x[-1] == pytest.approx(content["t"].max())
    # The first bin includes the wait for the first chunk.
    assert rate.y[-2] >= stream.metrics["content_tokens_per_second"].value


def test_whole_second_stamps_give_a_rate_per_whole_second(seed_stream):
    rate = next(trace for trace in timeline(seed_stream, dark=False).data if trace.fill == "tozeroy")
    assert np.diff(rate.x).tolist() == [1.0] * (len(rate.x) - 1)
    assert sum(rate.y) == pytest.approx(160)


def test_the_time_between_chunks_is_drawn_only_if_it_is_recorded(seed_stream):
    def gaps(stream):
        return [
            trace
            for trace in timeline(stream, dark=False).data
            if "after the previous chunk" in (trace.hovertemplate or "")
        ]

    assert gaps(seed_stream) == []
    stream = viewer.load(SAMPLES / "qwen3_ollama.ndjson").streams[0]
    [drawn] = gaps(stream)
    # The one stall of this recording.
    assert max(drawn.y) == pytest.approx(652, abs=1)


@pytest.mark.process
def test_a_very_long_stream_is_thinned_but_drawn_to_its_end():
    lines = "".join(
        f'{index / 1000:.6f} data: {{"choices":[{{"index":0,"delta":{{"content":"word"}}}}]}}\n{index / 1000:.6f} \n'
        for index in range(210_000)
    )
    stream = viewer.load(lines.encode(), "long.ts").streams[0]
    curve = traces(timeline(stream, dark=False))["content"]
    assert len(curve.x) < 30_000
    assert curve.x[-1] == pytest.approx(209.999, abs=0.01)
    assert curve.y[-1] == pytest.approx(210_000)


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_those_of_the_palette(seed_stream, dark):
    from viewer.display.colours import CONTENT

    assert traces(timeline(seed_stream, dark=dark))["content"].line.color == (CONTENT.dark if dark else CONTENT.light)
