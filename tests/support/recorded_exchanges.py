"""Recorded exchanges made for tests of what is served."""

import json
from dataclasses import replace

from viewer.streams.cassette import Cassette
from viewer.streams.reader import read_stream
from viewer.types.http import Arrivals, Headers, Interaction, RecordedTimes, Request, Response

UPSTREAM = "https://api.openai.com/v1/chat/completions"


def question(text="hello", **settings):
    return {"model": "m", "stream": True, "messages": [{"role": "user", "content": text}], **settings}


def events(*texts):
    """Return server-sent events of OpenAI's chat, one for each text, and the last."""
    chunks = [{"model": "m", "choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]
    return [*(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks), b"data: [DONE]\n\n"]


def exchange(parts=None, *, asked=None, url=UPSTREAM, status=200, times=None, headers=None, method="POST"):
    """Return an interaction whose body is made of these parts."""
    parts = events("one ", "two ", "three") if parts is None else parts
    sent = {"content-type": "text/event-stream"} if headers is None else headers
    return Interaction(
        Request(
            method, url, Headers({"content-type": "application/json"}.items()), json.dumps(asked or question()).encode()
        ),
        Response(status, "", Headers(sent.items()), b"".join(parts)),
        times or RecordedTimes(),
    )


def arrived(parts, seconds, **fields):
    """Return times that say when each part came."""
    ends, end = [], 0
    for part in parts:
        end += len(part)
        ends.append(end)
    return RecordedTimes(arrivals=Arrivals(tuple(seconds), tuple(ends), since_request=True), **fields)


def cassette_of(*interactions, name="made.yaml", problems=()):
    streams = [stream for index, one in enumerate(interactions) if (stream := read_stream(one, index))]
    return Cassette(name, "go-vcr", "2", list(interactions), streams, list(problems))


def recorded_with(status=200, headers=(), body=b'{"a":1}'):
    """Return a cassette of one response."""
    one = exchange()
    return cassette_of(replace(one, response=replace(one.response, status=status, headers=Headers(headers), body=body)))
