"""What is recorded, served, and recorded again has the same times."""

import asyncio
import itertools

import httpx2
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

import viewer
from tests.support.servers import serving
from viewer.recorder.proxy import recorder_app

# These tests compare times, which another process would shift.
pytestmark = pytest.mark.alone

GAPS_S = (0.2, 0.05, 0.0, 0.0, 0.12, 0.003, 0.3, 0.01, 0.0, 0.07)
LARGE = "x" * 200_000


def chat(request):
    if request.method == "GET":
        return Response("ready")

    async def events():
        for number, gap_s in enumerate(GAPS_S):
            await asyncio.sleep(gap_s)
            text = LARGE if number == 4 else f"w{number}"
            yield f'data: {{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}\n\n'.encode()
        yield b"data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


def record(upstream, folder):
    """Record one request, over a connection that is open already, and return the cassette."""
    with serving(recorder_app(upstream, folder, log=[].append, keep=False)) as address:
        httpx2.get(f"{address}/warm")
        httpx2.post(f"{address}/v1/chat/completions", json={"model": "m", "messages": []})
    [file] = folder.glob("*_POST_*")
    cassette = viewer.load(file)
    assert cassette.streams[0].timing.grade == "measured"
    return cassette


def test_a_recording_that_is_served_and_recorded_has_the_same_times(tmp_path):
    with serving(Starlette(routes=[Route("/{path:path}", chat, methods=["GET", "POST"])])) as address:
        cassettes = [record(address, tmp_path / "0")]
    for number in range(1, 4):
        with viewer.serve(cassettes[-1]) as server:
            cassettes.append(record(server.url, tmp_path / str(number)))
    bodies = [cassette.interactions[0].response.body for cassette in cassettes]
    assert all(body == bodies[0] for body in bodies)
    times = [cassette.interactions[0].times for cassette in cassettes]
    assert all(one.arrivals.ends == times[0].arrivals.ends for one in times)
    off_s = [
        np.abs(np.subtract(after.arrivals.s, before.arrivals.s)).max() for before, after in itertools.pairwise(times)
    ]
    # A busy machine may delay one event of one run. What is served late would be late in all.
    assert min(off_s) < 0.01
    assert abs(times[1].headers_s - times[0].headers_s) < 0.01
