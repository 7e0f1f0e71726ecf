"""Each fault through the official SDKs of OpenAI and Anthropic: what a client does, and what the server says of it."""

import contextlib
import json
import re
import time
from collections.abc import Callable
from typing import NamedTuple

import anthropic
import httpx2
import openai
import pytest

from tests.support.playables import playable
from viewer.playback.app import playback_app
from viewer.playback.fault_grammar import parse_fault
from viewer.playback.running import run_in_thread
from viewer.playback.session_log import SessionLog
from viewer.playback.session_summary import summary

pytestmark = pytest.mark.process
# Compares times, which another process would shift.
timed = pytest.mark.alone

QUESTION = [{"role": "user", "content": "Count to five."}]
WORDS = ["One ", "two ", "three ", "four ", "five — 五."]
TEXT = "".join(WORDS)
GAP_S = 0.01


def _openai_events():
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    choices = [{"index": 0, "delta": {"content": word}, "finish_reason": None} for word in WORDS]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    for choice in choices:
        yield f"data: {json.dumps({**head, 'choices': [choice]}, ensure_ascii=False)}\n\n".encode()
    yield b"data: [DONE]\n\n"


def _anthropic_events():
    message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
    message |= {"stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 1}}
    events = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}} for word in WORDS),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]
    for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _ask_openai(url, messages, **options):
    with openai.OpenAI(base_url=f"{url}/v1", api_key="k", **options) as client:
        for chunk in client.chat.completions.create(model="m", messages=messages, stream=True):
            yield chunk.choices[0].delta.content or ""


def _ask_anthropic(url, messages, **options):
    with anthropic.Anthropic(base_url=url, api_key="k", **options) as client:
        for event in client.messages.create(model="m", max_tokens=9, messages=messages, stream=True):
            if event.type == "content_block_delta":
                yield event.delta.text


class Sdk(NamedTuple):
    """An SDK, a stream in its language, and a function that yields the text of the answer as it comes."""

    name: str
    module: object
    path: str
    events: list[bytes]
    asked: dict[str, object]
    ask: Callable
    before_text: int
    """How many events come before the first text."""


OPENAI = Sdk("openai", openai, "/v1/chat/completions", [*_openai_events()], {}, _ask_openai, 0)
ANTHROPIC = Sdk("anthropic", anthropic, "/v1/messages", [*_anthropic_events()], {"max_tokens": 9}, _ask_anthropic, 2)


@pytest.fixture(params=[OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def sdk(request):
    return request.param


class Session(NamedTuple):
    url: str
    log: SessionLog
    lines: list[str]

    def records(self, count):
        """Return what is recorded, once it is so many requests. A request is recorded a moment after its client has the answer."""
        deadline_s = time.monotonic() + 5
        while self.log.requests < count and time.monotonic() < deadline_s:
            time.sleep(0.002)
        assert self.log.requests == count
        return list(self.log.last)

    def reaction(self):
        (reaction,) = self.log.reactions.by_fault().values()
        return reaction

    def told(self):
        return summary(self.log)[-1].strip()


@contextlib.contextmanager
def serving(sdk, *faults):
    """Serve one stream with faults."""
    asked = json.dumps({"model": "m", "messages": QUESTION, "stream": True, **sdk.asked}).encode()
    due_s = [GAP_S * (place + 1) for place in range(len(sdk.events))]
    recorded = playable(sdk.events, due_s=due_s, path=sdk.path, asked=asked)
    log, lines = SessionLog(), []
    app = playback_app([recorded], faults=[parse_fault(fault) for fault in faults], log=lines.append, session=log)
    with run_in_thread(app, 0) as running:
        yield Session(running.url, log, lines)


def ask_until(error, sdk, session, messages=QUESTION, **options):
    """Return the text that comes before an error."""
    texts = []
    with pytest.raises(error) as raised:
        texts.extend(sdk.ask(session.url, messages, **options))
    assert type(raised.value) is error
    return "".join(texts)


@timed
def test_retry_after_is_honoured_and_the_retry_is_told(sdk):
    with serving(sdk, "status=429,retry-after=1,times=1") as session:
        assert "".join(sdk.ask(session.url, QUESTION)) == TEXT
        refused, answered = session.records(2)
    assert (refused.status, answered.status, answered.retry_count) == (429, 200, 1)
    reaction = session.reaction()
    assert (reaction.spoiled, reaction.retries, reaction.early) == (1, 1, 0)
    assert 1 <= reaction.again_s[0] < 1.5
    assert re.fullmatch(
        r"status=429,retry-after=1,times=1: 1 answer, 1 refused by a fault. "
        r"The client retried 1\.\d\d s later, asked to wait 1\.00 s\.",
        session.told(),
    )
    assert "429  m  fault status=429,retry-after=1,times=1, in place of talk.yaml, interaction 0" in session.lines[0]
    assert session.lines[1].endswith("; retry 1 of the client; times measured")


@pytest.mark.parametrize(
    ("status", "errors"),
    [
        (
            500,
            {
                "openai": (openai.InternalServerError, "server_error"),
                "anthropic": (anthropic.InternalServerError, "api_error"),
            },
        ),
        (
            529,
            {
                "openai": (openai.InternalServerError, "server_error"),
                "anthropic": (anthropic.OverloadedError, "overloaded_error"),
            },
        ),
    ],
)
def test_a_server_error_is_retried_and_then_raised_as_the_providers_own(sdk, status, errors):
    error, kind = errors[sdk.name]
    with serving(sdk, f"status={status}") as session:
        with pytest.raises(error) as raised:
            [*sdk.ask(session.url, QUESTION, max_retries=1)]
        assert [record.status for record in session.records(2)] == [status, status]
    assert (raised.value.status_code, raised.value.type) == (status, kind)
    assert f"cassette-viewer was asked for status={status}" in str(raised.value)
    reaction = session.reaction()
    assert (reaction.spoiled, reaction.retries, reaction.gave_up, reaction.silent) == (2, 1, 1, 0)
    assert session.told().endswith("later (1 of 2). The client gave up after a retry (1 of 2).")


@pytest.mark.parametrize(
    ("fault", "events"), [("cut-at-event=4", 4), ("cut-at-byte={}", 4)], ids=["at an event", "within an event"]
)
def test_a_cut_stream_gives_what_came_then_raises_and_is_not_retried(sdk, fault, events):
    within = sum(map(len, sdk.events[:events])) + 20
    with serving(sdk, fault.format(within)) as session:
        error = {"openai": openai.APIConnectionError, "anthropic": httpx2.RemoteProtocolError}[sdk.name]
        assert ask_until(error, sdk, session) == "".join(WORDS[: events - sdk.before_text])
        (record,) = session.records(1)
    assert (record.ending, record.sent_events, record.events) == ("cut", events, len(sdk.events))
    assert record.cut_text == "".join(WORDS[: events - sdk.before_text])
    assert f"cut after {events} of {len(sdk.events)} events" in session.lines[0]
    assert session.told().endswith(
        "1 answer, 1 cut. The client did not ask again: it failed, or took the cut answer for whole."
    )


def test_a_client_that_goes_on_with_a_cut_text_is_found_out(sdk):
    with serving(sdk, "cut-at-event=5") as session:
        error = {"openai": openai.APIConnectionError, "anthropic": httpx2.RemoteProtocolError}[sdk.name]
        cut = ask_until(error, sdk, session)
        session.records(1)
        going_on = [*QUESTION, {"role": "assistant", "content": cut}, {"role": "user", "content": "Go on."}]
        with pytest.raises(sdk.module.NotFoundError):
            [*sdk.ask(session.url, going_on)]
        session.records(2)
    reaction = session.reaction()
    assert (reaction.went_on, reaction.silent) == (1, 0)
    assert session.told().endswith("The client went on with the cut text as the model's answer.")


@timed
@pytest.mark.parametrize("fault", ["cut-at-headers,times=1", "stall-at-headers,times=1"])
def test_a_request_without_an_answer_is_retried(sdk, fault):
    with serving(sdk, fault) as session:
        assert "".join(sdk.ask(session.url, QUESTION, timeout=0.3)) == TEXT
        unanswered, answered = session.records(2)
    assert (unanswered.status, unanswered.sent_bytes, answered.status) == (None, 0, 200)
    assert session.reaction().retries == 1


@timed
def test_a_client_that_waits_too_long_in_a_stream_leaves_and_does_not_retry(sdk):
    with serving(sdk, "stall-at-event=4,for=60") as session:
        error = {"openai": openai.APITimeoutError, "anthropic": httpx2.ReadTimeout}[sdk.name]
        assert ask_until(error, sdk, session, timeout=0.3) == "".join(WORDS[: 4 - sdk.before_text])
        (record,) = session.records(1)
    assert (record.ending, record.sent_events) == ("left by the client", 4)
    assert 0.3 < record.took_s < 1
    assert f"the client left after 4 of {len(sdk.events)} events" in session.lines[0]
    assert session.told().endswith("1 answer, 1 left by the client. The client did not ask again.")


def test_a_malformed_event_raises_an_error_of_json(sdk):
    with serving(sdk, "malformed-at-event=4") as session:
        assert ask_until(json.JSONDecodeError, sdk, session) == "".join(WORDS[: 4 - sdk.before_text])
        session.records(1)
    assert session.reaction().spoiled == 1


@timed
def test_slow_takes_as_many_times_as_long(sdk):
    with serving(sdk, "slow=10") as session:
        start_s = time.perf_counter()
        came_s = [time.perf_counter() - start_s for text in sdk.ask(session.url, QUESTION) if text]
        session.records(1)
    due_s = [10 * GAP_S * (place + 1 + sdk.before_text) for place in range(len(WORDS))]
    assert came_s == pytest.approx(due_s, abs=0.08)
    assert session.told().endswith("1 answer, 1 complete.")


@pytest.mark.parametrize("fault", ["split=3", "join=4"])
def test_other_packets_read_the_same(sdk, fault):
    with serving(sdk, fault) as session:
        assert "".join(sdk.ask(session.url, QUESTION)) == TEXT
        (record,) = session.records(1)
    assert (record.fault, record.ending, record.sent_bytes) == (fault, "complete", len(b"".join(sdk.events)))


def test_a_request_asks_for_its_own_faults_and_is_told_which_it_got(sdk):
    with serving(sdk, "status=500") as session:
        body = json.dumps({"model": "m", "messages": QUESTION, "stream": True, **sdk.asked})
        asked = [
            httpx2.post(
                session.url + sdk.path, content=body, headers=[("cassette-viewer-fault", fault) for fault in faults]
            )
            for faults in (["slow=0.1; split=9"], ["slow=0.1", "cut-at-event=99"], ["none"], [], ["cut=5"])
        ]
        session.records(5)
    assert [answer.status_code for answer in asked] == [200, 200, 200, 500, 400]
    assert [answer.headers.get("cassette-viewer-fault") for answer in asked] == [
        "slow=0.1; split=9",
        "slow=0.1",
        None,
        "status=500",
        None,
    ]
    assert session.lines[1].endswith("times measured; cut-at-event=99 was not reached")
    assert "“cut” is neither a fault nor an option of one." in asked[4].json()["error"]["message"]
