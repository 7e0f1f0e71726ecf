"""Whole-second stamps of a real server that streams at known times, steadily or not, recorded by the recorder."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import numpy as np
import pytest
import yaml
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

import viewer
from tests.support.servers import serving
from viewer.cassettes.recorders.go_vcr import EXTENSION_KEY
from viewer.recorder.proxy import recorder_app

# These tests compare times, which other processes on the machine would shift.
pytestmark = pytest.mark.alone

LENGTH_S = 3.6


def steady(rate):
    return [1 / rate] * int(LENGTH_S * rate)


PATTERNS = {
    "steady 20": steady(20),
    "steady 82": steady(82),
    "steady 300": steady(300),
    "one a second": [1.0] * 4,
    "bursts": ([0.9] + [0.0] * 49) * 4,
    "a stall": [0.02] * 60 + [1.7] + [0.02] * 40,
    "faster and faster": [1 / rate for rate in np.geomspace(2, 300, 160)],
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """By pattern: the stream as timed by its stamps alone, and when each event was sent."""
    sent = {name: [] for name in PATTERNS}

    async def stream(request):
        name = list(PATTERNS)[int(request.path_params["pattern"])]

        async def events():
            begin = time.time()
            due = begin
            for gap in PATTERNS[name]:
                due += gap
                await asyncio.sleep(max(0.0, due - time.time()))
                now = time.time()
                sent[name].append(now)
                event = {"created": int(now), "model": name, "choices": [{"index": 0, "delta": {"content": "abcd"}}]}
                yield f"data: {json.dumps(event)}\n\n".encode()

        return StreamingResponse(events(), media_type="text/event-stream")

    folder = tmp_path_factory.mktemp("cassettes")
    app = Starlette(routes=[Route("/{pattern}", stream)])
    lines = []
    with serving(app) as upstream, serving(recorder_app(upstream, folder, log=lines.append)) as proxy:
        with ThreadPoolExecutor(len(PATTERNS)) as pool:
            list(pool.map(lambda number: httpx2.get(f"{proxy}/{number}", timeout=60), range(len(PATTERNS))))
        deadline = time.monotonic() + 10
        while len(lines) < len(PATTERNS) and time.monotonic() < deadline:
            time.sleep(0.05)
    streams = {}
    for path in folder.glob("*.yaml"):
        tree = yaml.safe_load(path.read_text())
        assert tree["interactions"][0].pop(EXTENSION_KEY)["arrivals"]["s"]
        [found] = viewer.load(yaml.safe_dump(tree).encode()).streams
        streams[found.model] = found
    return {name: (streams[name], np.array(sent[name]) - sent[name][0]) for name in PATTERNS}


@pytest.mark.parametrize("name", PATTERNS)
def test_every_true_time_lies_within_its_bounds(recorded, name):
    stream, true = recorded[name]
    assert stream.timing.grade == "bounded"
    assert (stream.chunks["t_low"] <= true).all()
    assert (true <= stream.chunks["t_high"]).all()


@pytest.mark.parametrize("name", [name for name in PATTERNS if name.startswith("steady")])
def test_steady_streams_are_placed_to_a_tenth_of_a_second(recorded, name):
    stream, true = recorded[name]
    assert np.abs(stream.chunks["t"] - true).mean() <= 0.12


@pytest.mark.parametrize("name", [name for name in PATTERNS if not name.startswith("steady")])
def test_the_error_of_uneven_streams_is_recorded(recorded, name, record_property):
    """Only the bounds limit it: within one second, a burst looks like an even flow."""
    stream, true = recorded[name]
    error = np.abs(stream.chunks["t"] - true)
    record_property("mean error, s", round(float(error.mean()), 3))
    record_property("worst error, s", round(float(error.max()), 3))
    assert error.max() < 2
