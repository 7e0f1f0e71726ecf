"""When an interaction was recorded, and that every view prices it by the same time."""

import json

import pytest

import viewer
from tests.support.har_files import asked, chat, entry, har
from viewer.cli.summary import summary
from viewer.comparison.side import side
from viewer.conversation.agent import calls_of
from viewer.display.headline import response_figures, stream_figures
from viewer.library.stream_rows import rows_of
from viewer.streams.recorded_at import recorded_at_s
from viewer.text.words import dollars
from viewer.types.http import Headers, Interaction, Moment, RecordedTimes, Request, Response

# genai-prices: o3 cost 10 and 40 dollars per million tokens until 2025-06-10, and 2 and 8 dollars since.
USAGE = {"prompt_tokens": 100_000, "completion_tokens": 10_000, "total_tokens": 110_000}
OLD_USD = 1.4
STAMPED_BEFORE, DATED_AFTER = 1_748_736_000, "Sat, 01 Nov 2025 00:00:00 GMT"  # 2025-06-01
STARTED_AFTER = "2025-12-01T00:00:00Z"


def call(body, content_type):
    """One call whose clocks disagree about the day."""
    recorded = entry(asked(model="o3"), body, content_type=content_type)
    recorded["startedDateTime"] = STARTED_AFTER
    recorded["response"]["headers"].append({"name": "Date", "value": DATED_AFTER})
    return recorded


@pytest.fixture(params=["stream", "answer"])
def cassette(request):
    created = STAMPED_BEFORE
    if request.param == "stream":
        body = chat("Hello", usage=USAGE, model="o3", created=created)
        return viewer.load(har(call(body, "text/event-stream")), "disagreeing.har")
    whole = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": created,
        "model": "o3",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage": USAGE,
    }
    return viewer.load(har(call(json.dumps(whole), "application/json")), "disagreeing.har")


def test_every_view_shows_the_same_price_when_the_clocks_of_a_cassette_disagree(cassette):
    reply = cassette.streams[0] if cassette.streams else cassette.answers[0]
    assert reply.recorded_at_s == STAMPED_BEFORE
    assert reply.cost.usd == pytest.approx(OLD_USD)
    assert calls_of(cassette)[0].cost == reply.cost
    assert side(cassette, 0).cost == reply.cost
    row = rows_of(cassette, "disagreeing.har", "", 0)[0][0]
    assert row["cost_usd"] == reply.cost.usd
    assert row["recorded_at"] == STAMPED_BEFORE * 1000
    [interaction] = cassette.interactions
    figures = stream_figures(reply) if cassette.streams else response_figures(interaction, reply)
    assert [(figure.value, figure.tip) for figure in figures if figure.label == "Cost"] == [
        (dollars(reply.cost.usd), reply.cost.source)
    ]
    assert reply.cost.source in summary(cassette, 0, coloured=False)


def test_an_interaction_without_a_reply_has_the_same_cost_in_calls_and_compare():
    cassette = viewer.load(har(entry(asked(), "")), "empty.har")
    assert calls_of(cassette)[0].cost == side(cassette, 0).cost
    assert side(cassette, 0).cost.source == "unpriced: the recording has no answer"


def test_the_server_s_stamp_comes_before_the_recorder_and_the_recorder_before_the_date_header():
    response = Response(200, "", Headers([("date", "Thu, 01 Jan 1970 00:00:04 GMT")]))
    times = RecordedTimes(started=Moment(2.0, 1.0), ended=Moment(3.0, 1.0))
    everything = Interaction(Request(), response, times)
    assert recorded_at_s(everything, 1.0) == 1.0
    assert recorded_at_s(everything) == 2.0
    assert recorded_at_s(Interaction(Request(), response, RecordedTimes(ended=Moment(3.0, 1.0)))) == 3.0
    assert recorded_at_s(Interaction(Request(), response)) == 4.0
    assert recorded_at_s(Interaction(Request(), Response())) is None


CREATED = 1_760_000_000
RESPONSE = {"object": "response", "created_at": CREATED, "model": "gpt-5", "output": []}


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "response.created", "response": RESPONSE},
        {"type": "response.completed", "response": {**RESPONSE, "status": "completed"}},
        {"type": "response.completed", "response": {**RESPONSE, "status": "completed", "completed_at": CREATED + 2}},
        {"event_type": "interaction.created", "interaction": {"model": "gemini-3", "created": "2025-10-09T08:53:20Z"}},
        {"object": "thread.run", "id": "run_1", "created_at": CREATED, "status": "queued"},
        {"object": "chat.completion.chunk", "created": CREATED, "model": "m", "choices": []},
        {"model": "m", "created_at": "2025-10-09T08:53:20Z", "message": {"content": "a"}, "done": False},
    ],
)
def test_a_stream_without_headers_is_dated_by_when_the_server_created_it(payload):
    stream = viewer.load(f"data: {json.dumps(payload)}\n\n".encode(), "stream.sse").streams[0]
    assert stream.recorded_at_s == CREATED


@pytest.mark.parametrize("odd", [None, "soon", [], {}, True, -5, 0, 1e300])
def test_a_creation_time_of_the_wrong_type_is_no_date(odd):
    payload = {"type": "response.created", "response": {**RESPONSE, "created_at": odd}}
    assert viewer.load(f"data: {json.dumps(payload)}\n\n".encode(), "stream.sse").streams[0].recorded_at_s is None
