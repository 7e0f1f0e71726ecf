"""Every recorded response is served as it was recorded, byte by byte, to a client on a socket."""

import contextlib
import http.client
import math
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pytest
from starlette.routing import Router

import viewer
from tests.support.servers import serving
from viewer.playback.app import playback_app
from viewer.playback.playable import Playable, playables_of
from viewer.wire.framing import split_events

NOT_RECORDINGS = {".csv", ".md"}
MIN_STREAMS, MIN_ANSWERS = 1750, 850
REDACTED_STEP = 4
"""One file in so many is served redacted too. All of them take twenty seconds to redact, and are redacted by other tests."""


@dataclass(frozen=True, slots=True)
class Served:
    """One recorded interaction, and what a client got for its request."""

    cassette: viewer.Cassette
    playable: Playable
    status: int
    content_type: str
    body: bytes

    @property
    def recorded(self):
        return self.cassette.interactions[self.playable.interaction].response

    @property
    def place(self):
        return f"{self.cassette.format}: {self.playable.place}"


@pytest.fixture(scope="module")
def recordings(cassettes, shared):
    """Every recording of the corpus, and ours."""
    ours = []
    for path in sorted((shared / "recorded").rglob("*")):
        if path.is_file() and path.suffix not in NOT_RECORDINGS:
            with contextlib.suppress(viewer.CassetteError):
                ours.append(viewer.load(path))
    assert len(ours) > 150
    return [*cassettes.values(), *ours]


def ask_everything(recordings, redaction):
    """Serve each recording by an application of its own, and send its requests in recorded order."""
    playables = [[one for one in playables_of(each, redaction) if is_http(one)] for each in recordings]
    apps = [playback_app(ones, speed=math.inf) for ones in playables]

    async def dispatch(scope, receive, send):
        _, number, rest = scope["raw_path"].split(b"/", 2)
        await apps[int(number)]({**scope, "path": "/", "raw_path": b"/" + rest}, receive, send)

    served = []
    with serving(Router(default=dispatch)) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        for number, (cassette, ones) in enumerate(zip(recordings, playables, strict=True)):
            for playable in ones:
                request = playable.request
                method, headers = request.method.upper() or "POST", {"content-type": content_type_of(request)}
                connection.request(method, f"/{number}{target_of(request.url)}", request.body, headers)
                response = connection.getresponse()
                body = response.read()
                served.append(Served(cassette, playable, response.status, response.headers["content-type"] or "", body))
        connection.close()
    return served


def is_http(playable):
    # A WebSocket session has no response that a plain request could get.
    return not playable.trouble and playable.status != http.HTTPStatus.SWITCHING_PROTOCOLS


def content_type_of(request):
    return request.headers.get("content-type", "application/json")


def target_of(url):
    """Return path and query as they can be sent. Recorders write placeholders into them that no client could send."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}".removesuffix("?")
    return quote(target if target.startswith("/") else f"/{target}", safe="/?&=%:@,+$!*'();~[]")


@pytest.fixture(scope="module")
def served(recordings):
    return ask_everything(recordings, None)


@pytest.fixture(scope="module")
def served_redacted(recordings):
    return ask_everything(recordings[::REDACTED_STEP], viewer.Redaction())


def test_every_response_is_byte_identical_to_the_recorded_one(served):
    other = [one.place for one in served if one.body != one.recorded.body]
    assert other == []


def test_streams_and_whole_answers_are_both_served(served):
    streams = {(id(one), stream.interaction) for one in {each.cassette for each in served} for stream in one.streams}
    streamed = sum((id(one.cassette), one.playable.interaction) in streams for one in served)
    assert streamed >= MIN_STREAMS
    assert len(served) - streamed >= MIN_ANSWERS


def test_every_response_has_its_recorded_status_and_media_type(served):
    other = [one.place for one in served if one.status != (one.recorded.status or 200)]
    assert other == []
    named = [one for one in served if one.recorded.headers.get("content-type")]
    assert [one.place for one in named if one.content_type != one.recorded.headers["content-type"].strip()] == []


def test_a_redacted_response_differs_only_where_something_was_removed(served_redacted):
    changed = [one for one in served_redacted if one.body != one.recorded.body]
    assert [one.place for one in served_redacted if one.body != one.playable.body] == []
    assert 0 < len(changed) < len(served_redacted) / 4


def test_a_redacted_stream_has_as_many_events_as_the_recorded_one(served_redacted):
    changed = [one for one in served_redacted if one.body != one.recorded.body]
    counted = [
        (one, events_in(one.content_type, one.body), events_in(one.content_type, one.recorded.body)) for one in changed
    ]
    assert [one.place for one, ours, recorded in counted if ours != recorded] == []
    assert sum(recorded > 1 for _, _, recorded in counted) > 10


def events_in(content_type, body):
    """Return how many events a body has; 0 if it is no stream."""
    framed = split_events(content_type, body)
    return 0 if framed is None else len(framed.events)
