"""The asciicast of a stream, read by asciinema's own player and by four other tools."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import viewer
from tests.support.judges import judged
from tests.support.streams import by_style, call, delta, is_text_with_line_ends, stream_of
from viewer.display.asciicast import asciicast, moments
from viewer.display.lanes import choices_of
from viewer.text.safe import visible
from viewer.types.chunk_table import KINDS

TOOLS = Path(sys.executable).parent
SHOWN_KINDS = [kind for kind in KINDS if kind not in ("keep_alive", "other")]


@pytest.fixture(scope="module")
def samples():
    from tests.conftest import ROOT

    files = sorted(path for path in (ROOT / "sample_cassettes").iterdir() if path.name != "README.md")
    streams = [(path.name, stream) for path in files for stream in viewer.load(path).streams]
    assert len(streams) >= len(files)
    return streams


def parts(cast):
    header, *events = (json.loads(line, parse_float=Decimal) for line in cast.splitlines())
    return header, events


def output(cast):
    return "".join(data for _, code, data in parts(cast)[1] if code == "o")


def duration_s(stream):
    return float(stream.chunks.loc[stream.chunks["kind"].isin(SHOWN_KINDS), "t"].iloc[-1])


def test_every_sample_is_exported_with_exactly_its_text(samples):
    for name, stream in samples:
        shown = by_style(output(asciicast(stream)))
        choice = choices_of(stream)[0]
        assert is_text_with_line_ends(shown.get("", ""), visible(stream.text("content", choice))), name
        assert is_text_with_line_ends(shown.get("2;3", ""), visible(stream.text("reasoning", choice))), name
        arguments = "".join(call.arguments for call in stream.tool_calls if call.choice == choice)
        assert is_text_with_line_ends(shown.get("33", ""), visible(arguments)), name


def test_every_sample_lasts_as_long_as_its_stream(samples):
    for name, stream in samples:
        times = [event[0] for event in parts(asciicast(stream))[1]]
        assert times == sorted(times), name
        assert float(times[-1]) == round(duration_s(stream), 6), name
        intervals = [event[0] for event in parts(asciicast(stream, version=3))[1]]
        assert float(sum(intervals)) == round(duration_s(stream), 6), name


def test_both_versions_hold_the_same_events_at_the_same_times(seed_stream):
    _, events = parts(asciicast(seed_stream))
    at = Decimal(0)
    since_start = []
    *intervals, last = parts(asciicast(seed_stream, version=3))[1]
    for interval, code, data in intervals:
        at += interval
        since_start.append([at, code, data])
    assert since_start == events
    assert last[1] == "x"


def test_the_player_of_asciinema_plays_every_sample(samples, tmp_path):
    samples = [(name, stream, asciicast(stream, version=version)) for name, stream in samples for version in (2, 3)]
    casts = [cast for _, _, cast in samples]
    for (name, stream, cast), played in zip(samples, judged("asciinema.mjs", casts, tmp_path), strict=True):
        assert played["duration"] == pytest.approx(duration_s(stream), abs=1e-5), name
        assert played["size"] == {"cols": 80, "rows": 24}, name
        assert played["quarters"][3] == output(cast), name
        assert [label for _, label in played["markers"]] == [label for _, label in moments(stream)], name
        assert [t for t, _ in played["markers"]] == pytest.approx([t for t, _ in moments(stream)], abs=1e-5), name


def test_at_each_quarter_the_player_shows_the_text_that_had_arrived(seed_stream, tmp_path):
    (played,) = judged("asciinema.mjs", [asciicast(seed_stream)], tmp_path)
    length = duration_s(seed_stream)
    chunks = seed_stream.chunks
    for part, written in zip((0.25, 0.5, 0.75, 1), played["quarters"], strict=True):
        # A chunk exactly at the quarter may be just past it after rounding.
        arrived = chunks["t"] <= part * length + 2e-6
        for kind, style in (("reasoning", "2;3"), ("content", "")):
            text = "".join(chunks.loc[arrived & (chunks["kind"] == kind), "text"])
            assert is_text_with_line_ends(by_style(written).get(style, ""), text)


def test_times_of_a_long_stream_do_not_drift():
    from dataclasses import replace

    events = [delta(content="x ") for _ in range(3000)]
    stream = stream_of(*events)
    t = np.arange(len(stream.chunks)) / 3
    stream = replace(
        stream, columns=replace(stream.columns, arrival=replace(stream.columns.arrival, t=np.asarray(t, dtype=float)))
    )
    at = Decimal(0)
    times_s = []
    for interval, code, data in parts(asciicast(stream, version=3))[1]:
        at += interval
        if code == "o" and "x" in data:
            times_s.append(at)
    assert len(times_s) == 3000
    assert max(abs(float(one) - expected) for one, expected in zip(times_s, t, strict=False)) <= 5.1e-7


def test_the_header_has_the_known_facts_and_no_command(seed_stream):
    known = {
        # The first `created` of the recording.
        "timestamp": 1761231382,
        "title": "grok-code-fast-1 · times bounded: known only within bounds",
    }
    header, _ = parts(asciicast(seed_stream, columns=100, rows=30))
    assert header == {"version": 2, "width": 100, "height": 30, **known}
    header, _ = parts(asciicast(seed_stream, version=3, columns=100, rows=30))
    assert header == {"version": 3, "term": {"cols": 100, "rows": 30}, **known}


def test_a_paced_stream_is_labelled_in_its_title_and_first_line():
    cast = asciicast(stream_of(delta(content="Hi")))
    header, events = parts(cast)
    assert "speed not recorded" in header["title"]
    assert "timestamp" not in header
    assert "speed not recorded" in next(data for _, code, data in events if code == "o")


@pytest.mark.parametrize(("end", "status"), [("data: [DONE]\n\n", "0"), ("", "1")])
def test_a_stream_that_breaks_off_ends_with_status_1(end, status):
    stream = stream_of(delta(content="Hi"), end=end)
    assert parts(asciicast(stream, version=3))[1][-1][1:] == ["x", status]
    # Version 2 has no event for it.
    assert {code for _, code, _ in parts(asciicast(stream))[1]} == {"m", "o"}


def test_markers_can_be_given(seed_stream):
    _, events = parts(asciicast(seed_stream, markers=[(1.0, "one\x1b[2J\nsecond")]))
    assert [data for _, code, data in events if code == "m"] == ["one␛[2J␊second"]


def test_markers_are_at_the_start_of_lanes(seed_stream):
    kinds = seed_stream.chunks["kind"]
    first = {kind: seed_stream.chunks["t"][kinds == kind].iloc[0] for kind in ("reasoning", "content", "finish")}
    assert moments(seed_stream) == [
        (first["reasoning"], "first reasoning"),
        (first["content"], "first content"),
        (first["finish"], "finish"),
    ]


def test_hostile_text_stays_on_its_line_and_sends_no_command(tmp_path):
    hostile = '\x1b[2J\x9b1m\r\n"],[0,"o","\u202e\u2028# \ud83d'
    stream = stream_of(delta(content=hostile, model=hostile), call(hostile, hostile))
    cast = asciicast(stream)
    assert cast.isascii()
    (played,) = judged("asciinema.mjs", [cast], tmp_path)
    shown = by_style(played["quarters"][3])
    assert not any("\x1b" in text or "\x9b" in text for text in shown.values())
    assert is_text_with_line_ends(shown[""], visible(hostile))
    assert "\x1b" not in parts(cast)[0]["title"]


@pytest.fixture(scope="module")
def told_apart():
    """Return streams that a player may fail on: whole seconds, hostile text, wide characters and emoji."""
    from tests.conftest import SEED

    hostile = '\x1b[2J\x9b1m\r\n"],[0,"o","\u202e # ]]> <script>&amp;'
    return {
        "seed": viewer.load(SEED).streams[0],
        "hostile": stream_of(delta(content=hostile, model=hostile), call(hostile, hostile)),
        "wide": stream_of(*[delta(content=text) for text in ("日本語 ", "👩‍👩‍👧‍👦 🇩🇪 ", "e\u0301 ", "ends")]),
    }


@pytest.fixture(scope="module")
def files(told_apart, tmp_path_factory):
    folder = tmp_path_factory.mktemp("casts")
    for name, stream in told_apart.items():
        (folder / f"{name}.cast").write_text(asciicast(stream))
    return sorted(folder.iterdir())


def run(*command):
    ended = subprocess.run([str(one) for one in command], capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


def words_in(svg):
    """Return the texts of an SVG. Terminals in pictures write spaces as no-break spaces."""
    return " ".join(unescape(text) for text in re.findall(r">([^<>]+)<", svg)).replace("\u00a0", " ")


@pytest.mark.process
def test_the_command_of_asciinema_writes_exactly_the_output(files):
    for file in files:
        assert run(TOOLS / "asciinema", "cat", file) == output(file.read_text()), file.name


@pytest.mark.process
def test_termtosvg_draws_the_last_words(files, tmp_path):
    for file, last in zip(files, ("<script>&amp;", "Olá", "ends"), strict=True):
        run(TOOLS / "termtosvg-ng", "render", file, tmp_path / "out.svg")
        assert last in words_in((tmp_path / "out.svg").read_text()), file.name


@pytest.mark.process
def test_svg_term_draws_the_last_words(files, tmp_path):
    drawn = judged("svg_term.mjs", [file.read_text() for file in files], tmp_path)
    for file, svg, last in zip(files, drawn, ("<script>&amp;", "Olá", "ends"), strict=True):
        assert last in words_in(svg), file.name


@pytest.mark.process
def test_agg_makes_a_gif_that_moves(files, tmp_path):
    for file in files:
        run(TOOLS / "agg", file, tmp_path / "out.gif")
        with Image.open(tmp_path / "out.gif") as gif:
            # The speed of all but the seed is a nominal one: little text, few frames.
            assert gif.n_frames >= 2, file.name
