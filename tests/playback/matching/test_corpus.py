"""Every recorded request of the corpus, sent again as it was and as another one, and how long it takes to find."""

import copy
import json
import time
from random import Random

import pytest

from tests.support.asked_requests import request
from tests.support.har_files import asked
from viewer.playback.matching.index import PLACEHOLDERS, index_requests
from viewer.types.http import Request

VOLATILE = {
    "id",
    "call_id",
    "tool_call_id",
    "toolCallId",
    "tool_use_id",
    "toolUseId",
    "previous_response_id",
    "item_id",
}
FREE_FORM = {
    "arguments",
    "args",
    "input",
    "parameters",
    "properties",
    "metadata",
    "input_schema",
    "inputSchema",
    "schema",
}
QUESTIONS = ("messages", "contents", "input", "prompt", "system", "instructions", "systemInstruction", "message")


@pytest.fixture(scope="module")
def recorded(cassettes):
    """Every recorded request that says what was asked."""
    requests = [one.request for cassette in cassettes.values() for one in cassette.interactions]
    return [one for one in requests if one.url and one.body]


@pytest.fixture(scope="module")
def index(recorded):
    return index_requests(recorded)


def rewritten(value, random, key=""):
    """Return JSON as another run of the client might write it: with other ids, and keys in another order."""
    if isinstance(value, list):
        return [rewritten(one, random, key) for one in value]
    if not isinstance(value, dict):
        return value
    fields = list(value.items())
    random.shuffle(fields)
    return {
        name: f"new_{random.random()}"
        if name in VOLATILE and isinstance(one, str) and key not in FREE_FORM
        else rewritten(one, random, name)
        for name, one in fields
    }


def without_ids(value):
    if isinstance(value, list):
        return [without_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    ignored = VOLATILE | {"cache_control"}
    return {name: without_ids(one) for name, one in value.items() if name not in ignored and one is not None}


def question(body):
    """Return what a body asks, by the plainest reading of it."""
    asked_for = {name: body[name] for name in (*QUESTIONS, "model", "tools") if body.get(name)}
    return {**without_ids(asked_for), "stream": bool(body.get("stream"))}


def json_of(one):
    try:
        body = json.loads(one.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def sent_again(one, body):
    """Return a request to a server on this machine behind a prefix."""
    path = one.url.partition("://")[2].partition("/")[2] if "://" in one.url else one.url.lstrip("/")
    prefix = "http://127.0.0.1:8123/my/proxy/" if path.partition("?")[0] else "http://127.0.0.1:8123/"
    data = one.body if body is None else json.dumps(body, indent=1).encode()
    return Request(one.method, prefix + path, one.headers, data)


def test_every_recorded_request_finds_itself_or_its_equal(recorded, index):
    random = Random(19)  # noqa: S311 - no secret
    assert len(recorded) > 2000
    for place, one in enumerate(recorded):
        body = json_of(one)
        found = index.find(sent_again(one, body and rewritten(body, random)))
        assert found is not None, one.url
        assert found.settings == (), one.url
        assert found.note == "" or body is None or not body.keys() & set(QUESTIONS), one.url
        if place not in found.places:
            equal = json_of(recorded[found.places[0]])
            assert question(equal) == question(body), one.url


def texts_of(value, path=()):
    """Yield the path of every text of a conversation, and the text."""
    fields = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in fields:
        if isinstance(one, str) and (key in ("text", "content", *QUESTIONS)) and one.strip():
            yield (*path, key), one
        yield from texts_of(one, (*path, key))


def changed(body, path, value):
    body = copy.deepcopy(body)
    inner = body
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return body


def mutations(body, random):
    """Yield requests that ask something else: another model, message, tool or form of the answer."""
    if isinstance(body.get("model"), str):
        yield {**body, "model": f"{body['model']}-x"}
    if "messages" in body:
        yield {**body, "stream": not body.get("stream")}
        yield {**body, "messages": [*body["messages"], {"role": "user", "content": "And then?"}]}
    texts = list(texts_of({name: body[name] for name in QUESTIONS if name in body}))
    for path, text in texts[-1:] + random.sample(texts, min(len(texts), 1)):
        words = text.split()
        yield changed(body, path, f"{text} indeed")
        del words[random.randrange(len(words))]
        yield changed(body, path, " ".join(words))
    if isinstance(body.get("tools"), list) and body["tools"]:
        yield {**body, "tools": body["tools"][1:]}


def test_no_request_that_asks_something_else_is_answered(recorded, index):
    random = Random(19)  # noqa: S311 - no secret
    count, unsure = 0, []
    for one in recorded[::6]:
        for body in mutations(json_of(one) or {}, random):
            count += 1
            found = index.find(sent_again(one, body))
            if found is None:
                continue
            if found.note:
                unsure.append((found.note, recorded[found.places[0]].body))
            else:
                # Another recorded request asks just this.
                assert question(json_of(recorded[found.places[0]])) == question(body), one.url
    assert count > 1500
    # Only a text that the recorder replaced by a placeholder answers any other, and that is said.
    assert all(note == PLACEHOLDERS and b'"<MASSIVE_TEXT>"' in body for note, body in unsure)
    assert len(unsure) <= 2


def p95_ms(index, requests):
    elapsed = []
    for one in requests:
        start_s = time.process_time()
        index.find(one)
        elapsed.append(1000 * (time.process_time() - start_s))
    return sorted(elapsed)[int(0.95 * len(elapsed))]


@pytest.mark.alone
def test_a_request_is_found_within_two_milliseconds_in_the_corpus(recorded, index):
    assert p95_ms(index, recorded) <= 2


@pytest.mark.alone
def test_a_long_request_is_found_within_two_milliseconds_among_three_hundred():
    turns = [
        {"role": ("user", "assistant")[turn % 2], "content": f"Words of turn {turn}. " * 110} for turn in range(100)
    ]
    requests = [request(asked(messages=[{"role": "system", "content": f"Agent {n}"}, *turns])) for n in range(300)]
    assert len(requests[0].body) > 180_000
    assert p95_ms(index_requests(requests), requests[::3]) <= 2
