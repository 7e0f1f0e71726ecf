"""Real recordings of one server by some twenty recorders, each with the true arrival time of every event.

They are in ../shared. `X.truth.csv` is what the client saw; if the recorder reads the whole response first, all its rows are
equal. `X.wire.csv` is what a tap in front of the server saw: the pace of the server itself.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import viewer

FORMATS = {
    "agenttape": "agenttape",
    "aimock": "aimock",
    "betamax": "betamax",
    "cassetter": "cassetter",
    "cdp-events": "cdp-events",
    "cendor-cassette": "cendor-cassette",
    "devtools-har": "har",
    "exodus-replay": "exodus-replay",
    "httpie": "httpie",
    "llm-cassette": "llm-cassette",
    "mitmproxy": "mitmproxy",
    "nock": "nock",
    "nock15": "nock",
    "playwright": "har",
    "polly": "polly",
    "promptecho": "promptecho",
    "reel-vcr": "reel-vcr",
    "ruby-vcr": "ruby-vcr",
    "talkback": "talkback",
    "ts": "ts",
    "vcrpy": "vcrpy",
    "yakbak": "yakbak",
}
"""The format in each folder; curl's has several kinds of files."""

NO_DONE = {"llm-cassette", "cendor-cassette"}
"""Recorders of what an SDK yields: every event except the final [DONE]."""

NO_CASSETTE = {
    "agenttape/openai-list.yaml": "agenttape stores streams only if they go through requests",
    "agenttape/openai-short.yaml": "agenttape stores streams only if they go through requests",
    "curl/raw-list.writeout.json": "not a cassette",
    "curl/raw-short.writeout.json": "not a cassette",
}
"""Files that cannot be shown, and the error message for each."""

LOST = {
    "agenttape/openai-nostream-list.yaml": "was not streamed",
    "agenttape/openai-nostream-short.yaml": "was not streamed",
    "mitmproxy/stream-list.flow": "no body",
    "mitmproxy/stream-list.live.har": "The body was not exported",
    "mitmproxy/stream-short.flow": "no body",
    "mitmproxy/stream-short.live.har": "The body was not exported",
    "playwright/eventsource-short.har": "net::ERR_ABORTED",
    **{
        f"cdp-events/fetch-{name}.jsonl": "only the lengths"
        for name in ("list", "short", "unicode", "zip-list", "zip-short")
    },
}
"""Files whose recorder kept no event (see the README there), and the problem message for each."""


@dataclass(frozen=True)
class Recorded:
    """One recording with its true times."""

    path: Path
    name: str
    truth: np.ndarray | None
    wire: np.ndarray | None

    @property
    def folder(self):
        return self.name.partition("/")[0]

    @property
    def format(self):
        if self.folder != "curl":
            return "har" if self.name.endswith(".har") and self.folder == "mitmproxy" else FORMATS[self.folder]
        return {".sse": "sse", ".trace": "curl-trace", ".txt": "curl"}[self.path.suffix]


def arrivals(path):
    """The time of every event in a table; None if there is no table or no event in it."""
    if not path.exists():
        return None
    with path.open(newline="") as table:
        rows = [float(seconds) for name, seconds in csv.reader(table) if name.isdigit()]
    return np.array(rows) if rows else None


@pytest.fixture(scope="module")
def recordings(shared):
    """Every recording with its true times."""
    root = shared / "recorded"
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.suffix in (".csv", ".md"):
            continue
        # Polly names a folder after the recording and a hash.
        is_polly = path.name == "recording.har"
        stem = path.parent.name.rpartition("_")[0] if is_polly else path.name.partition(".")[0]
        folder = path.parent.parent if is_polly else path.parent
        truth, wire = (arrivals(folder / f"{stem}.{kind}.csv") for kind in ("truth", "wire"))
        found.append(Recorded(path, path.relative_to(root).as_posix(), truth, wire))
    assert len(found) > 150
    return found


@pytest.fixture(scope="module")
def opened(recordings):
    """Every recording that opens, with its only stream that has events, or None."""
    pairs = []
    for one in recordings:
        if one.name not in NO_CASSETTE:
            cassette = viewer.load(one.path)
            streams = [stream for stream in cassette.streams if stream.protocol != "generic"]
            assert len(streams) <= 1, one.name
            pairs.append((one, cassette, streams[0] if streams else None))
    return pairs


def test_a_file_without_a_recording_says_why(recordings):
    for one in recordings:
        if one.name in NO_CASSETTE:
            with pytest.raises(viewer.CassetteError, match=NO_CASSETTE[one.name]):
                viewer.load(one.path)


def test_every_recording_is_recognised_as_its_recorder(opened):
    wrong = {one.name: cassette.format for one, cassette, _ in opened if cassette.format != one.format}
    assert wrong == {}


def test_every_recording_has_the_events_that_were_on_the_wire(opened):
    for one, cassette, stream in opened:
        if one.name in LOST:
            assert stream is None, one.name
            assert any(LOST[one.name] in problem.message for problem in cassette.problems), one.name
            continue
        assert stream is not None, one.name
        expected = len(one.wire if one.wire is not None else one.truth) - (one.folder in NO_DONE)
        if one.folder == "aimock":
            expected = 1
        if one.name == "cdp-events/eventsource-short.jsonl":
            expected = stream.chunks["event"].nunique()
        assert stream.chunks["event"].nunique() == expected, one.name


def test_no_complete_stream_is_reported_as_broken(opened):
    for one, cassette, stream in opened:
        if stream is not None:
            assert stream.complete, one.name
            assert [problem for problem in cassette.problems if problem.severity == "error"] == [], one.name


def by_event(stream):
    """Times and bounds of each event."""
    events = stream.chunks.drop_duplicates("event")
    return tuple(events[name].to_numpy() for name in ("t", "t_low", "t_high"))


def aligned(stream, true):
    """True times from the stream's origin on, one for each event."""
    true = true[: stream.chunks["event"].nunique()]
    return true if stream.timing.origin == "request" else true - true[0]


MEASURED_WITHIN_S = {"curl-trace": 0.005, "reel-vcr": 0.005, "ts": 0.005, "har": 0.005, "cdp-events": 0.002}
"""The largest error allowed for any event of a recorder that measures, after aligning the first event."""


def test_recorders_that_keep_arrivals_are_measured_and_agree_with_the_truth(opened):
    seen = set()
    for one, cassette, stream in opened:
        if stream is None or stream.timing.grade != "measured":
            continue
        true = one.truth if one.truth is not None else one.wire
        t, _, _ = by_event(stream)
        true = true[: len(t)]
        assert np.abs((t - t[0]) - (true - true[0])).max() < MEASURED_WITHIN_S[cassette.format], one.name
        seen.add(one.folder)
    assert seen == {"cdp-events", "curl", "devtools-har", "reel-vcr", "ts"}


def test_arrivals_since_the_request_agree_with_the_client(opened):
    for one, _, stream in opened:
        if stream is not None and stream.timing.grade == "measured" and stream.timing.origin == "request":
            true = one.truth if one.truth is not None else one.wire
            t, _, _ = by_event(stream)
            assert np.abs(t - true[: len(t)]).max() < 0.03, one.name


def test_the_server_s_pace_always_lies_within_hard_bounds(opened):
    """Bounds from stamps, totals or both, against the tap in front of the server."""
    compared = {}
    for one, _, stream in opened:
        if stream is None or one.wire is None or stream.timing.grade not in ("bounded", "span"):
            continue
        # aimock joins all events into one, which is complete when the last one has arrived.
        true = one.wire[-1:] if one.folder == "aimock" else aligned(stream, one.wire)
        _, low, high = by_event(stream)
        assert (low <= true + 1e-3).all(), one.name
        assert (true <= high + 0.02).all(), one.name
        compared[stream.timing.grade] = compared.get(stream.timing.grade, 0) + 1
    assert compared["bounded"] > 50
    assert compared["span"] > 10


def test_best_values_from_bounds_and_totals_are_near_the_truth(opened):
    errors = {"bounded": [], "span": []}
    for one, _, stream in opened:
        if stream is None or one.wire is None or stream.timing.grade not in errors or one.folder == "aimock":
            continue
        t, _, _ = by_event(stream)
        true = one.wire[: len(t)]
        errors[stream.timing.grade].append(np.abs((t - t[0]) - (true - true[0])).mean())
    assert np.mean(errors["bounded"]) < 0.06
    assert np.mean(errors["span"]) < 0.06


@pytest.mark.parametrize(
    ("folder", "field", "true"),
    [
        ("devtools-har", "whole_s", "end"),
        ("polly", "whole_s", "end"),
        ("cdp-events", "headers_s", "headers"),
        ("devtools-har", "headers_s", "headers"),
    ],
)
def test_a_recorder_s_duration_means_what_we_think(opened, folder, field, true):
    """HAR's wait ends at the headers; Polly's wait and time cover the whole stream."""
    compared = 0
    for one, cassette, stream in opened:
        if one.folder != folder or one.truth is None or stream is None:
            continue
        times = cassette.interactions[stream.interaction].times
        if true == "end":
            assert getattr(times, field) == pytest.approx(one.truth[-1], abs=0.03), one.name
        else:
            assert getattr(times, field) < one.truth[0], one.name
        compared += 1
    assert compared > 2


def test_the_time_of_recording_is_the_end_of_the_response(opened):
    compared = 0
    for one, cassette, stream in opened:
        if one.folder not in ("betamax", "ruby-vcr", "cassetter") or stream is None or one.truth is None:
            continue
        ended = cassette.interactions[0].times.ended
        with (one.path.parent / f"{one.path.name.partition('.')[0]}.truth.csv").open(newline="") as table:
            start = next(float(value) for name, value in csv.reader(table) if name == "wall_start")
        end = start + one.truth[-1]
        assert ended.epoch_s - 0.1 <= end <= ended.epoch_s + ended.resolution_s + 0.1, one.name
        compared += 1
    assert compared > 15
