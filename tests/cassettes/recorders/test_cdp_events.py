"""Synthetic logs of Network events of the Chrome DevTools Protocol."""

import base64
import json

import pytest

import viewer
from viewer.types.http import Arrivals, Moment

TEXTS = ['{"choices":[{"index":0,"delta":{"content":"Ol\u00e1"}}]}', "[DONE]"]
BODY = "".join(f"data: {text}\n\n" for text in TEXTS).encode()
WALL = 1795387472.345867


def event(name, request_id="1.2", **params):
    return {"method": f"Network.{name}", "params": {"requestId": request_id, **params}}


def sent(request_id="1.2", **changed):
    request = {"url": "https://api.openai.com/v1/chat/completions", "method": "POST", "headers": {"Accept": "*/*"}}
    return event(
        "requestWillBeSent",
        request_id,
        timestamp=100.0,
        wallTime=WALL,
        type="EventSource",
        request={**request, **changed},
    )


def answered(request_id="1.2", timestamp=100.25, **changed):
    response = {"status": 200, "statusText": "OK", "headers": {"Content-Type": "text/event-stream"}}
    return event("responseReceived", request_id, timestamp=timestamp, response={**response, **changed})


def message(text, timestamp, **changed):
    params = {"timestamp": timestamp, "eventName": "message", "eventId": "", "data": text, **changed}
    return event("eventSourceMessageReceived", **params)


def piece(timestamp, data=None, **params):
    if data is not None:
        params["data"] = base64.b64encode(data).decode()
    return event("dataReceived", timestamp=timestamp, dataLength=5, encodedDataLength=0, **params)


MESSAGES = [message(TEXTS[0], 100.5), message(TEXTS[1], 101.5)]
FINISHED = event("loadingFinished", timestamp=102.5)


def lines(*messages):
    return "".join(json.dumps(one) + "\n" for one in messages).encode()


def load(*messages):
    return viewer.load(lines(*messages), "a.jsonl")


def messages_of(loaded, severity):
    return [problem.message for problem in loaded.problems if problem.severity == severity]


def test_eventsource_messages_are_rebuilt_into_a_stream_with_request_and_response():
    loaded = load(sent(postData='{"stream":true}'), answered(), *MESSAGES, FINISHED)
    assert loaded.format == "cdp-events"
    [exchange] = loaded.interactions
    assert (exchange.request.method, exchange.request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert (exchange.request.headers["accept"], exchange.request.body) == ("*/*", b'{"stream":true}')
    assert (exchange.response.status, exchange.response.reason) == (200, "OK")
    assert (exchange.response.content_type, exchange.response.body) == ("text/event-stream", BODY)
    [stream] = loaded.streams
    assert (stream.text(), stream.provider, stream.complete) == ("Olá", "openai", True)
    [problem] = loaded.problems
    assert (problem.severity, problem.interaction) == ("note", 0)
    assert "rebuilt from the messages" in problem.message


def test_times_count_from_the_request():
    times = load(sent(), answered(), *MESSAGES, FINISHED).interactions[0].times
    assert (times.headers_s, times.whole_s, times.started) == (0.25, 2.5, Moment(WALL, 1e-6))
    assert times.arrivals == Arrivals((0.5, 1.5), since_request=True, resolution_s=1e-6)
    assert times.ended is None


def test_message_names_and_ids_are_kept():
    body = load(sent(), answered(), message("{}", 1, eventName="ping", eventId="7")).interactions[0].response.body
    assert body == b"event: ping\nid: 7\ndata: {}\n\n"


def test_a_log_that_begins_after_the_request_has_times_since_an_unknown_moment():
    [exchange] = load(answered(), *MESSAGES).interactions
    assert (exchange.request.url, exchange.response.body) == ("", BODY)
    assert (exchange.times.headers_s, exchange.times.started) == (None, None)
    assert exchange.times.arrivals == Arrivals((100.5, 101.5), since_request=False, resolution_s=1e-6)


@pytest.mark.parametrize("odd", [None, "100.5", True, [], {}, 10**40])
def test_one_message_without_a_time_leaves_all_without_times(odd):
    [exchange] = load(sent(), answered(timestamp=odd), *MESSAGES, message("{}", odd)).interactions
    assert exchange.response.body == BODY + b"data: {}\n\n"
    if odd is not True:
        assert exchange.times.arrivals is None
    assert exchange.times.headers_s is None


def test_requests_are_in_the_order_in_which_they_were_sent():
    loaded = load(sent("1"), sent("2"), answered("2", status=202), answered("1", status=201))
    assert [exchange.response.status for exchange in loaded.interactions] == [201, 202]


def test_extra_info_events_can_come_first_and_add_no_interaction():
    extra = event("requestWillBeSentExtraInfo", headers={"Cookie": "a"})
    loaded = load(extra, event("responseReceivedExtraInfo", statusCode=200), sent(), answered(), *MESSAGES)
    [exchange] = loaded.interactions
    assert exchange.request.method == "POST"
    assert "cookie" not in exchange.request.headers


def test_a_redirect_is_an_interaction_of_its_own():
    again = sent(url="https://api.openai.com/v2")
    again["params"] |= {"timestamp": 101.0, "redirectResponse": {"status": 307, "headers": {"Location": "/v2"}}}
    first, second = load(sent(), again, answered(timestamp=101.5), *MESSAGES[1:]).interactions
    assert (first.response.status, first.response.headers["location"], first.response.body) == (307, "/v2", b"")
    assert first.times.headers_s is None
    assert (second.request.url, second.response.status) == ("https://api.openai.com/v2", 200)
    assert (second.times.headers_s, second.times.arrivals.s) == (0.5, (0.5,))


def test_pieces_of_which_only_the_length_was_logged_are_counted_in_a_problem():
    loaded = load(sent(), answered(), piece(100.5), piece(101), FINISHED)
    assert loaded.interactions[0].response.body == b""
    assert messages_of(loaded, "warning") == ["The body was not logged, only the lengths of its pieces (2)."]
    assert (loaded.interactions[0].times.whole_s, loaded.interactions[0].times.arrivals) == (2.5, None)


def test_pieces_streamed_into_the_log_give_the_body_and_arrival_times():
    loaded = load(sent(), answered(), piece(100.5, BODY[:30]), piece(101.5, BODY[30:]), FINISHED)
    [exchange] = loaded.interactions
    assert exchange.response.body == BODY
    assert exchange.times.arrivals == Arrivals((0.5, 1.5), (30, len(BODY)), since_request=True, resolution_s=1e-6)
    assert loaded.streams[0].text() == "Olá"
    assert loaded.problems == []


def test_pieces_are_preferred_to_messages_unless_some_are_missing():
    exact = b": comment\n\n" + BODY
    whole = load(sent(), answered(), piece(100.5, exact), *MESSAGES)
    assert whole.interactions[0].response.body == exact
    gaps = load(sent(), answered(), piece(100.4), piece(100.5, exact), *MESSAGES)
    assert gaps.interactions[0].response.body == BODY
    assert gaps.interactions[0].times.arrivals.ends is None


def test_the_gaps_of_a_body_are_counted_in_a_problem():
    loaded = load(sent(), answered(), piece(100.4), piece(100.5, BODY))
    assert loaded.interactions[0].response.body == BODY
    assert messages_of(loaded, "warning") == ["Only the length was logged for 1 of the 2 pieces of the body."]


ANSWER = {"body": BODY.decode(), "base64Encoded": False}
PACKED = {"body": base64.b64encode(BODY).decode(), "base64Encoded": True}


@pytest.mark.parametrize("answer", [ANSWER, PACKED])
@pytest.mark.parametrize(
    "logged",
    [
        lambda answer: [{"method": "Network.getResponseBody", "params": {"requestId": "1.2", **answer}}],
        lambda answer: [{"method": "Network.getResponseBody", "params": {"requestId": "1.2"}, "result": answer}],
        lambda answer: [
            {"id": 7, "method": "Network.getResponseBody", "params": {"requestId": "1.2"}},
            {"id": 8, "result": {"body": "another"}},
            {"id": 7, "result": answer},
        ],
    ],
)
def test_the_result_of_get_response_body_is_used_unchanged(logged, answer):
    loaded = load(sent(), answered(), piece(100.5), FINISHED, *logged(answer))
    assert loaded.interactions[0].response.body == BODY
    assert loaded.problems == []


def test_the_result_of_get_response_body_has_the_times_of_its_messages():
    body = event("getResponseBody", body=": comment\n\n" + BODY.decode())
    loaded = load(sent(), answered(), *MESSAGES, FINISHED, body)
    assert loaded.interactions[0].response.body == b": comment\n\n" + BODY
    assert loaded.interactions[0].times.arrivals == Arrivals((0.5, 1.5), since_request=True, resolution_s=1e-6)
    assert loaded.problems == []


def frame(direction, data, timestamp, opcode=1):
    return event(f"webSocketFrame{direction}", timestamp=timestamp, response={"opcode": opcode, "payloadData": data})


def test_websocket_frames_are_lines_and_received_ones_have_times():
    shake = {"headers": {"Host": "api.openai.com"}}
    agreed = {"status": 101, "statusText": "Switching Protocols", "headers": {"Upgrade": "websocket"}}
    loaded = load(
        event("webSocketCreated", url="wss://api.openai.com/v1/realtime"),
        event("webSocketWillSendHandshakeRequest", timestamp=100.0, wallTime=WALL, request=shake),
        event("webSocketHandshakeResponseReceived", timestamp=100.5, response=agreed),
        frame("Sent", '{"type":"response.create"}', 101.0),
        frame("Received", '{"type":"a"}', 102.0),
        frame("Received", "AP8=", 102.5, opcode=2),
        frame("Received", base64.b64encode(b'{"type":"b"}').decode(), 102.75, opcode=2),
        frame("Received", "", 102.9, opcode=9),
        frame("Received", "Ol\u00e1", 103.0),
        event("webSocketClosed", timestamp=104.0),
    )
    [exchange] = loaded.interactions
    assert (exchange.request.method, exchange.request.url) == ("GET", "wss://api.openai.com/v1/realtime")
    assert (exchange.request.headers["host"], exchange.response.status) == ("api.openai.com", 101)
    assert exchange.request.body == b'{"type":"response.create"}\n'
    assert exchange.response.content_type == "application/x-ndjson"
    assert exchange.response.body == '{"type":"a"}\n"AP8="\n{"type":"b"}\n"Olá"\n'.encode()
    assert exchange.times.arrivals == Arrivals((2.0, 2.5, 2.75, 3.0), since_request=False, resolution_s=1e-6)
    [connection] = exchange.connections
    assert [(one.is_sent, one.is_binary, one.is_quoted, one.at_s) for one in connection.frames] == [
        (True, False, False, 1.0),
        (False, False, False, 2.0),
        (False, True, True, 2.5),
        (False, True, False, 2.75),
        (False, False, True, 3.0),
    ]
    assert (connection.since_open, connection.close_code, connection.closed_at_s) == (True, None, 4.0)
    times = exchange.times
    assert (times.headers_s, times.whole_s, times.started) == (0.5, 4.0, Moment(WALL, 1e-6))


def test_a_failed_request_is_a_problem_with_the_reason():
    failed = event("loadingFailed", timestamp=102.0, errorText="net::ERR_ABORTED", canceled=True)
    loaded = load(sent(), answered(), *MESSAGES, failed)
    assert loaded.interactions[0].response.body == BODY
    assert messages_of(loaded, "warning") == ["The request failed or was aborted: net::ERR_ABORTED."]
    assert loaded.interactions[0].times.whole_s is None
    unanswered = load(sent(), failed)
    assert messages_of(unanswered, "warning") == ["The request failed or was aborted: net::ERR_ABORTED."]
    assert messages_of(unanswered, "error") == []


def test_a_frame_error_is_a_problem():
    broken = event("webSocketFrameError", timestamp=1, errorMessage="Invalid frame header")
    assert any(
        "Invalid frame header" in text for text in messages_of(load(frame("Received", "{}", 1), broken), "warning")
    )


def test_an_unanswered_request_is_a_problem():
    loaded = load(sent("1"), answered("1"), sent("2"))
    assert [
        (problem.interaction, problem.severity) for problem in loaded.problems if "no response" in problem.message
    ] == [(1, "error")]


@pytest.mark.parametrize(
    ("changed", "body", "notes"),
    [
        ({"postDataEntries": [{"bytes": "eyJh"}, {"bytes": "Ijox"}, {}, 5]}, b'{"a":1', []),
        ({"hasPostData": True}, b"", ["The body of the request was not logged."]),
        ({"hasPostData": True, "postData": "a"}, b"a", []),
        ({"postDataEntries": 5}, b"", []),
    ],
)
def test_a_request_body_is_text_or_pieces_or_missing(changed, body, notes):
    loaded = load(sent(**changed), answered(), event("getResponseBody", body=BODY.decode()))
    assert loaded.interactions[0].request.body == body
    assert messages_of(loaded, "note") == notes


@pytest.mark.parametrize(
    ("headers", "media_type", "content_type"),
    [
        ({}, "text/event-stream", "text/event-stream"),
        ({"content-type": "text/event-stream"}, "text/plain", "text/event-stream"),
        ({}, "", ""),
        ({}, None, ""),
    ],
)
def test_the_media_type_replaces_a_missing_header(headers, media_type, content_type):
    [exchange] = load(sent(), answered(headers=headers, mimeType=media_type)).interactions
    assert exchange.response.content_type == content_type
    assert ("content-type" in exchange.response.headers) is bool(content_type)


def test_null_values_are_empty():
    [exchange] = load(sent(method=None, url=None), answered(statusText=None)).interactions
    assert (exchange.request.method, exchange.request.url, exchange.response.reason) == ("", "", "")


def test_the_url_can_come_from_the_response():
    [exchange] = load(answered(url="https://api.x.ai/v1"), *MESSAGES).interactions
    assert exchange.request.url == "https://api.x.ai/v1"


def test_a_body_without_a_headers_event_is_a_response():
    loaded = load(sent(), *MESSAGES)
    assert loaded.streams[0].text() == "Olá"
    assert messages_of(loaded, "error") == []


@pytest.mark.parametrize(("timestamp", "headers_s"), [(100.0, 0.0), (99.9, None), (1e12, None)])
def test_headers_before_the_request_have_no_time(timestamp, headers_s):
    assert load(sent(), answered(timestamp=timestamp)).interactions[0].times.headers_s == headers_s


def test_an_event_next_to_a_message_of_the_logger_is_read():
    loaded = load(*({**one, "message": "logged"} for one in (sent(), answered(), *MESSAGES)))
    assert loaded.streams[0].text() == "Olá"


def wrapped(one):
    return {"level": "INFO", "message": json.dumps({"message": one, "webview": "A1"}), "timestamp": 1795387472000}


@pytest.mark.parametrize(
    "wrap",
    [wrapped, lambda one: {"message": one}, lambda one: {"message": json.dumps(one)}, json.dumps],
)
@pytest.mark.parametrize("written", [lines, lambda *messages: json.dumps(messages, indent=1).encode()])
def test_wrapped_events_and_arrays_are_read_like_lines(wrap, written):
    log = [{"method": None, "params": {"requestId": "1.2"}}, sent(), answered(), *MESSAGES, FINISHED]
    loaded = viewer.load(written(*map(wrap, log)))
    assert loaded.format == "cdp-events"
    assert loaded.streams[0].text() == "Olá"
    assert loaded.interactions[0].times.arrivals == Arrivals((0.5, 1.5), since_request=True, resolution_s=1e-6)


def test_events_of_other_domains_are_skipped():
    page = {"method": "Page.loadEventFired", "params": {"timestamp": 1, "requestId": "1.2"}}
    loaded = load(page, {"method": "Runtime.enable"}, {"method": "Network.enable"}, sent(), answered(), *MESSAGES)
    assert len(loaded.interactions) == 1


@pytest.mark.parametrize("written", [lines, lambda *messages: json.dumps(messages, indent=1).encode()])
def test_a_log_that_is_cut_off_is_read_up_to_there(written):
    whole = written(sent(), answered(), *MESSAGES, FINISHED, *MESSAGES)
    loaded = viewer.load(whole[:-40])
    assert loaded.format == "cdp-events"
    assert loaded.streams[0].text().startswith("Olá")
    assert any("not JSON" in problem.message or "broken or cut off" in problem.message for problem in loaded.problems)


def test_lines_that_are_not_json_are_skipped_and_counted_in_one_problem():
    log = lines(sent(), answered())
    loaded = viewer.load(b"\n" + log + b"INFO nothing\n" + lines(*MESSAGES) + b"{")
    assert loaded.streams[0].text() == "Olá"
    [problem] = [problem for problem in loaded.problems if "not JSON" in problem.message]
    assert (problem.message, problem.offset) == ("Lines of the log that are not JSON: 2.", 1 + len(log))


ODD = [None, True, 5, 10**40, 1.5, "text", [], [5], {}, {"a": {"b": []}}]


@pytest.mark.parametrize(
    "odd", [*ODD, {"method": 5}, {"method": "Network.x"}, {"message": {"message": {"message": 5}}}]
)
def test_a_line_of_the_wrong_type_does_not_affect_the_rest(odd):
    assert load(sent(), odd, answered(), *MESSAGES).streams[0].text() == "Olá"


FIELDS = ("request", "timestamp", "wallTime", "redirectResponse", "response", "data", "errorText", "body", "url")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "kind",
    [
        "requestWillBeSent",
        "responseReceived",
        "dataReceived",
        "eventSourceMessageReceived",
        "loadingFailed",
        "getResponseBody",
        "webSocketCreated",
        "webSocketFrameReceived",
        "webSocketHandshakeResponseReceived",
    ],
)
def test_an_event_with_wrong_types_leaves_other_requests_readable(kind, odd):
    events = [event(kind, "9", **dict.fromkeys(FIELDS, odd)), *(event(kind, "9", **{name: odd}) for name in FIELDS)]
    assert load(sent(), answered(), *MESSAGES, *events).streams[0].text() == "Olá"


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["url", "method", "headers", "postData", "postDataEntries", "hasPostData"])
def test_a_request_field_of_any_type_can_be_read(name, odd):
    assert load(sent(**{name: odd}), answered(), *MESSAGES).streams[0].text() == "Olá"


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["status", "statusText", "headers", "mimeType", "opcode", "payloadData"])
def test_a_response_field_of_any_type_can_be_read(name, odd):
    received = event("webSocketFrameReceived", "7", timestamp=1, response={name: odd})
    assert len(load(sent(), answered(**{name: odd}), *MESSAGES, received).interactions) == 2


def test_deeply_nested_fields_can_be_read():
    deep = dict.fromkeys((*FIELDS, "requestId", "status", "statusText", "method", "headers", "opcode"), "DEEP")
    events = [event(kind, **deep) for kind in ("requestWillBeSent", "loadingFailed", "webSocketFrameReceived")]
    events += [sent(**deep), answered(**deep), event("webSocketFrameReceived", "8", response=deep)]
    log = lines(sent(), answered(), *MESSAGES, *events, {"method": "DEEP", "id": "DEEP", "params": "DEEP"})
    assert viewer.load(log.replace(b'"DEEP"', b'{"a":' * 1000 + b"1" + b"}" * 1000)).interactions


def test_endless_wrapping_is_not_followed():
    wrapper = sent()
    for _ in range(50):
        wrapper = {"message": wrapper}
    assert len(load(sent(), wrapper, answered(), *MESSAGES).interactions) == 1


@pytest.mark.parametrize(
    "text",
    [
        b'{"log": "Network.requestWillBeSent requestId"}\n{"a": 1}\n',
        b'{"method":"Network.enable","params":{}}\n{"requestId":"1"}\n',
        b'{"method":"NetworkX.requestWillBeSent","params":{"requestId":"1"}}\n{"a":"Network."}\n',
    ],
)
def test_other_lines_are_not_recognised(text):
    assert viewer.load(text).format == "ndjson"
