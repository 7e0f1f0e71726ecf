"""Requests as clients send them to a model, and the recorded ones that answer them."""

import json

from tests.support.har_files import asked
from viewer.playback.matching.index import index_requests
from viewer.types.http import Headers, Request

URL = "https://api.example.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)


def request(body=None, *, method="POST", url=URL, headers=JSON):
    data = body if isinstance(body, bytes) else json.dumps(asked() if body is None else body).encode()
    return Request(method, url, Headers(headers), data)


def get(url):
    return Request("GET", url)


def places(recorded, one):
    """Return which of some recorded requests answer one."""
    found = index_requests(recorded).find(one)
    return found and found.places


def nested(depth):
    return b'{"messages":' * depth + b"1" + b"}" * depth
