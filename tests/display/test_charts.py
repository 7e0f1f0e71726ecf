import json
import re

import numpy as np
import pytest

import viewer
from tests.conftest import SAMPLES
from viewer.display.charts import gap_distribution, timeline
from viewer.streams.timing.timed_rows import chunk_rows


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


def test_without_recorded_times_x_is_the_number_of_the_chunk():
    events = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in ("a", "b", "c")]
    stream = viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]
    figure = timeline(stream, dark=False)
    [curve] = figure.data
    assert list(curve.x) == [1, 2, 3]
    assert "chunk" in figure.layout.xaxis.title.text
    assert "second" not in figure.layout.xaxis.title.text
    assert tuple(figure.layout.xaxis.range) == (0, 3)


def test_a_stream_of_which_only_the_total_is_known_has_no_rate_and_no_seconds():
    [stream] = viewer.load(SAMPLES / "nova-lite_bedrock.yaml").streams
    assert stream.timing.grade == "span"
    figure = timeline(stream, dark=False)
    assert all(trace.name for trace in figure.data)
    assert max(max(trace.x) for trace in figure.data) <= len(stream.chunks)


def test_each_point_names_its_event(seed_stream):
    lanes = traces(timeline(seed_stream, dark=False))
    content = seed_stream.chunks[seed_stream.chunks["kind"] == "content"]
    assert [data[0] for data in lanes["content"].customdata] == content["event"].tolist()
    stream = viewer.load(SAMPLES / "qwen3_ollama.ndjson").streams[0]
    gaps = timeline(stream, dark=False).data[-1]
    assert set(stream.chunks["event"]) >= {data[0] for data in gaps.customdata}


def test_recorded_text_is_escaped_in_hover_labels():
    stream = viewer.load(b'data: {"choices":[{"index":0,"delta":{"content":"<a href=\'//x\'>&"}}]}\n\n').streams[0]
    [trace] = timeline(stream, dark=False).data
    assert "<a" not in trace.customdata[0][1]
    assert "&lt;a" in trace.customdata[0][1]


def test_the_name_of_a_recorded_tool_is_escaped_in_the_legend():
    call = {"index": 0, "function": {"name": "<a href='//x'>f</a>", "arguments": "{}"}}
    body = json.dumps({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]})
    [trace] = timeline(viewer.load(f"data: {body}\n\n".encode()).streams[0], dark=False).data
    assert "<a" not in trace.name


def test_the_rate_of_a_steady_stream_does_not_drop_at_its_end():
    [stream] = viewer.load(SAMPLES / "gemma-3-270m_curl.trace").streams
    rate = next(trace for trace in timeline(stream, dark=False).data if trace.fill == "tozeroy")
    content = stream.chunks[stream.chunks["kind"] == "content"]
    assert rate.x[-1] == pytest.approx(content["t"].max())
    # The first bin includes the wait for the first chunk.
    assert rate.y[-2] >= stream.metrics["content_tokens_per_second"].value


def test_whole_second_stamps_give_a_rate_for_whole_seconds_only():
    stream = bounded_stream([0, 1, 1, 1, 2, 2, 3])
    [rate] = [trace for trace in timeline(stream, dark=False).data if trace.fill == "tozeroy"]
    # How much of the first and of the last second passed is not known.
    assert [y for y in rate.y if y] == pytest.approx([3, 3, 2, 2])


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


def test_every_gap_is_in_the_distribution_or_said_to_be_left_out():
    for name in ("qwen3_ollama.ndjson", "gemma-3-270m_curl.trace"):
        stream = viewer.load(SAMPLES / name).streams[0]
        figure = gap_distribution(stream, dark=False)
        [bars] = figure.data
        left_out = re.search(r"\((\d+) shorter", figure.layout.xaxis.title.text)
        gaps = len(chunk_rows(stream.columns.kind)) - 1
        assert sum(bars.y) + (int(left_out[1]) if left_out else 0) == gaps


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
