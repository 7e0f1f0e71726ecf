"""The figures of the public API: honest about time, readable on any ground, without secrets, and with recorded text as text."""

import json
import subprocess
import sys

import numpy as np
import pytest

import viewer
from tests.conftest import ROOT, SAMPLES, SEED
from tests.support import agent_sessions
from tests.support.streams import delta
from viewer.display.charts.standalone import texts_of
from viewer.display.colours import CONTENT
from viewer.text.words import MARKS

OF_STREAMS = ("timeline", "rate", "gaps", "tokens")
SECRET = "tulip-harbour-73"  # noqa: S105 - made up


def chat(deltas, model="m"):
    return "".join(f"data: {json.dumps(delta(model=model, **one))}\n\n" for one in deltas).encode()


@pytest.fixture(scope="module")
def by_grade():
    """One sample of each grade."""
    files = {
        "measured": "gemma-3-270m_curl.trace",
        "stamped": "qwen3_ollama.ndjson",
        "bounded": "grok-code-fast-1_simple_streaming.yaml",
        "span": "nova-lite_bedrock.yaml",
    }
    found = {grade: viewer.load(SAMPLES / name).streams[0] for grade, name in files.items()}
    found["paced"] = viewer.load(chat([{"content": "a"}, {"content": "b"}])).streams[0]
    assert {grade: stream.timing.grade for grade, stream in found.items()} == {grade: grade for grade in found}
    return found


@pytest.fixture(scope="module")
def weather():
    return viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")


@pytest.fixture(scope="module")
def samples():
    return viewer.open_many(SAMPLES)


def said(figure):
    return " ".join(texts_of(figure))


@pytest.mark.process
def test_charts_are_found_on_the_package_and_imported_only_when_used():
    code = (
        "import sys, viewer; before = {'pandas', 'plotly'} & set(sys.modules); viewer.charts.timeline;"
        "from viewer.charts import rate; print(sorted(before), 'plotly' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] True"


@pytest.mark.parametrize("name", OF_STREAMS)
def test_every_figure_of_a_stream_has_a_title_and_units(by_grade, name):
    for grade, stream in by_grade.items():
        figure = getattr(viewer.charts, name)(stream)
        assert (stream.model or stream.protocol) in figure.layout.title.text
        if name != "tokens":
            assert MARKS[grade] in figure.layout.title.subtitle.text
        axes = [axis.title.text for axis in figure.select_xaxes() if axis.visible is not False and axis.title.text]
        assert all(any(unit in axis for unit in ("seconds", "ms", "chunk", "tokens")) for axis in axes)
        assert axes or not figure.data


def test_only_grades_that_support_a_rate_or_gaps_draw_them(by_grade):
    drawn = {
        name: [grade for grade, stream in by_grade.items() if getattr(viewer.charts, name)(stream).data]
        for name in ("rate", "gaps")
    }
    assert drawn == {"rate": ["measured", "stamped", "bounded"], "gaps": ["measured", "stamped"]}
    assert "No rate over time: only totals are recorded" in said(viewer.charts.rate(by_grade["span"]))
    assert "No time between chunks: speed not recorded" in said(viewer.charts.gaps(by_grade["paced"]))
    for grade in ("span", "paced"):
        figure = viewer.charts.timeline(by_grade[grade])
        assert "second" not in figure.layout.xaxis.title.text


def test_the_rate_has_as_many_tokens_as_the_stream_in_its_time(by_grade):
    [trace] = viewer.charts.rate(by_grade["measured"]).data
    tokens = np.sum(np.diff(trace.x) * np.asarray(trace.y)[:-1])
    assert tokens == pytest.approx(by_grade["measured"].chunks.tokens.sum())


def test_tokens_are_the_parts_of_the_reported_usage(by_grade):
    figure = viewer.charts.tokens(by_grade["bounded"])
    parts = {trace.name: (trace.y[0], trace.x[0]) for trace in figure.data}
    assert parts == {
        "from cache": ("input", 192),
        "not cached": ("input", 21),
        "reasoning, shown": ("output", 13),
        "reasoning, hidden": ("output", 120),
        "content and calls": ("output", 27),
    }
    assert "Adds up: 373 = 213 + 27 + 133" in figure.layout.title.subtitle.text
    assert "no usage" in said(viewer.charts.tokens(by_grade["paced"]))


def test_calls_are_bars_from_their_starts_and_pale_if_their_end_is_not_known(weather):
    figure = viewer.charts.calls(weather)
    bars = {trace.name: trace for trace in figure.data if trace.type == "bar"}
    assert set(bars) == {"ok", "error"}
    assert list(bars["ok"].base) == [0, 4, 9]
    assert set(bars["ok"].marker.opacity) == {0.45}
    # When the refused call was sent is not recorded.
    assert list(bars["error"].x) == [None]
    assert "seconds" in figure.layout.xaxis.title.text
    assert MARKS["stamped"] in figure.layout.title.subtitle.text
    assert len(figure.layout.yaxis.categoryarray) == 4


def test_the_tools_of_a_session_follow_the_call_that_asked_for_them():
    figure = viewer.charts.calls(agent_sessions.load(*agent_sessions.SESSION))
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [(trace.name, trace.marker.opacity) for trace in bars if "tools" in trace.name] == [
        ("tools", 0.45),
        ("tools", 1),
        ("failed tools", 0.45),
    ]
    pale, solid, failed = (trace for trace in bars if "tools" in trace.name)
    # The first call began at 0 and ended at 3 s. Its tool had a result at 8 s, and says that it ran for 4 s.
    assert (pale.y[0], pale.base[0], pale.x[0]) == ("0 Bash", pytest.approx(3), pytest.approx(5))
    assert (list(solid.y), solid.base[0], solid.x[0]) == (["0 Bash"], pytest.approx(4), pytest.approx(4))
    assert list(failed.y) == ["4 Edit"]
    assert "ran 4.00 s" in pale.customdata[0]


def test_calls_without_known_starts_are_drawn_by_their_tokens():
    request = {"method": "POST", "uri": "https://api.openai.com/v1/chat/completions", "body": "{}", "headers": {}}
    interactions = []
    for count in (10, 20):
        usage = {"prompt_tokens": count, "completion_tokens": 5, "total_tokens": count + 5}
        answer = {"object": "chat.completion", "model": "m", "choices": [], "usage": usage}
        answer["choices"] = [{"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}]
        response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": json.dumps(answer)}}
        interactions.append({"request": request, "response": response})
    figure = viewer.charts.calls(viewer.load(json.dumps({"version": 1, "interactions": interactions}).encode()))
    bars = {trace.name: (list(trace.base), list(trace.x)) for trace in figure.data}
    assert bars == {"input": ([0, 15], [10, 20]), "output": ([10, 35], [5, 5])}
    assert figure.layout.xaxis.title.text == "tokens so far (times were not recorded)"


def test_a_comparison_draws_values_bounds_and_how_they_differ(by_grade):
    one, other = by_grade["bounded"], by_grade["stamped"]
    figure = viewer.charts.comparison(one, other, metrics=["ttft", "thinking_time"])
    bars = [list(trace.x) for trace in figure.data if trace.type == "bar"]
    assert bars == [
        [None, other.metrics["ttft"].value],
        [one.metrics["thinking_time"].value, other.metrics["thinking_time"].value],
    ]
    bounds = [list(trace.x)[:2] for trace in figure.data if trace.type == "scatter"]
    assert [one.metrics["thinking_time"].low, one.metrics["thinking_time"].high] in bounds
    # Only a lower bound of the time to first token is known: its line is dotted to the edge.
    assert next(trace for trace in figure.data if trace.type == "scatter").line.dash == "dot"
    assert "not known" in figure.layout.annotations[0].text
    assert "less (0.556×)" in figure.layout.annotations[1].text
    assert "A grok-code-fast-1, B qwen3:4b" in figure.layout.title.subtitle.text


def test_a_comparison_of_recordings_without_times_says_that_there_is_nothing(by_grade):
    assert "None of these figures" in said(viewer.charts.comparison(by_grade["paced"], by_grade["paced"]))
    with pytest.raises(ValueError, match="1 to 6 streams, not 0"):
        viewer.charts.comparison()


def test_by_model_draws_each_value_in_its_grade_and_mixes_no_grades(samples):
    figure = viewer.charts.by_model(samples, "tokens_per_second")
    points = {trace.name: trace for trace in figure.data if trace.name}
    known = samples[samples.tokens_per_second.notna()]
    assert {name.split()[1]: len(trace.x) for name, trace in points.items()} == (
        known.tokens_per_second_grade.value_counts()[lambda counts: counts > 0].to_dict()
    )
    medians = [value for trace in figure.data if not trace.name for value in trace.x]
    of_grades = known.groupby(["model", "tokens_per_second_grade"], observed=True).tokens_per_second.median()
    assert sorted(medians) == sorted(of_grades)
    assert figure.layout.xaxis.title.text == "Output rate, tokens/s"
    assert f"{len(known)} of {len(samples)} rows have a value" in figure.layout.title.subtitle.text


def test_by_model_draws_a_bare_lower_bound_as_a_ring(samples):
    figure = viewer.charts.by_model(samples[samples.model == "qwen3:4b"])
    [points] = [trace for trace in figure.data if trace.name]
    assert set(points.marker.symbol) == {"circle-open"}
    assert figure.layout.title.subtitle.text.endswith("; a ring is at least so much")
    assert "ring" not in viewer.charts.by_model(samples, "tokens_per_second").layout.title.subtitle.text


def test_by_model_says_if_no_stream_supports_the_figure_and_knows_the_figures(samples):
    assert "None of 0 rows" in said(viewer.charts.by_model(samples[:0]))
    with pytest.raises(ValueError, match="no figure 'speed'; the figures are time_to_headers, ttft"):
        viewer.charts.by_model(samples, "speed")


def test_themes_set_template_and_shades_and_leave_the_ground_to_the_notebook(by_grade):
    grounds = {}
    for theme in ("light", "dark", None):
        figure = viewer.charts.timeline(by_grade["bounded"], theme=theme)
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
        content = next(trace for trace in figure.data if trace.name == "content")
        assert content.line.color == (CONTENT.dark if theme == "dark" else CONTENT.light)
        grounds[theme] = figure.layout.font.color
    assert len(set(grounds.values())) == 3
    with pytest.raises(ValueError, match="no theme 'blue'"):
        viewer.charts.timeline(by_grade["bounded"], theme="blue")


def contrast(one, other):
    """The contrast of two colours (WCAG 2.2)."""

    def luminance(colour):
        channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_without_a_theme_text_and_curves_can_be_read_on_light_and_dark_grounds(by_grade):
    figure = viewer.charts.timeline(by_grade["bounded"])
    for ground in ("#ffffff", "#111111"):
        assert contrast(figure.layout.font.color, ground) > 4
        assert all(contrast(trace.line.color, ground) >= 3 for trace in figure.data if trace.name)


HOSTILE = "<a href='//x'>%{x}</a>"


def test_recorded_text_is_text_in_every_figure():
    call = {"index": 0, "id": "c", "function": {"name": HOSTILE, "arguments": HOSTILE}}
    body = chat([{"content": HOSTILE}, {"tool_calls": [call]}], model=HOSTILE)
    cassette = viewer.load(body, f"{HOSTILE}.sse")
    [stream] = cassette.streams
    frame = viewer.open_many().reindex([0]).assign(model=HOSTILE, ttft=1.0, ttft_grade="measured", file=HOSTILE)
    figures = [
        *(getattr(viewer.charts, name)(stream, redact=False) for name in OF_STREAMS),
        viewer.charts.calls(cassette, redact=False),
        viewer.charts.comparison(stream, stream, redact=False),
        viewer.charts.by_model(frame),
    ]
    for figure in figures:
        assert "&lt;a href" in said(figure)
        assert "<a" not in said(figure)
        assert "%{x}</a>" not in said(figure)


@pytest.fixture
def with_secret():
    call = {"index": 0, "id": "c", "function": {"name": "login", "arguments": json.dumps({"password": SECRET})}}
    return viewer.load(chat([{"content": "logging in"}, {"tool_calls": [call]}]), "a.sse")


def test_secrets_are_removed_unless_they_are_kept(with_secret):
    [stream] = with_secret.streams
    assert "password" in said(viewer.charts.timeline(stream))
    assert SECRET not in said(viewer.charts.timeline(stream))
    assert SECRET in said(viewer.charts.timeline(stream, redact=False))


def test_a_figure_that_still_holds_a_secret_is_refused(with_secret, monkeypatch):
    monkeypatch.setattr("viewer.charts.stream_title", lambda _: SECRET)
    with pytest.raises(viewer.CassetteError, match="a secret that was removed"):
        viewer.charts.timeline(with_secret.streams[0])


def test_a_cassette_in_place_of_a_stream_is_told_apart(weather):
    with pytest.raises(TypeError, match=r"pass one of cassette\.streams"):
        viewer.charts.timeline(weather)
    with pytest.raises(TypeError, match="draws one stream, not a str; pass"):
        viewer.charts.timeline("weather.yaml")
    with pytest.raises(TypeError, match="draws a cassette, not a Stream"):
        viewer.charts.calls(weather.streams[0])


def test_a_label_shows_what_would_turn_the_text_around_it():
    """As every other output does. A right-to-left override makes one model look like another."""
    frame = viewer.open_many(SEED).assign(model="a\u202eb\x1b")
    figure = viewer.charts.by_model(frame, "time_to_headers")
    assert figure.data[0].y == ("a<U+202E>b␛".replace("<", "&lt;").replace(">", "&gt;"),)
