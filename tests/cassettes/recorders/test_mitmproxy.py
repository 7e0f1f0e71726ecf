"""Synthetic mitmproxy flow files, made from Python values."""

import gzip

import pytest

import viewer
from tests.support.tnetstrings import packed
from viewer.cassettes import read_recording
from viewer.cassettes.document import Document
from viewer.types.http import Arrivals, Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'.encode()
START = 1795387481.9279575


def request(**changed):
    return {
        "path": b"/v1/chat/completions",
        "authority": b"",
        "scheme": b"https",
        "method": b"POST",
        "port": 443,
        "host": "api.openai.com",
        "timestamp_end": START + 0.001,
        "timestamp_start": START,
        "trailers": None,
        "content": b'{"stream":true}',
        "headers": [[b"Host", b"api.openai.com"], [b"Content-Type", b"application/json"]],
        "http_version": b"HTTP/1.1",
        **changed,
    }


def response(**changed):
    return {
        "reason": b"OK",
        "status_code": 200,
        "timestamp_end": START + 2.5,
        "timestamp_start": START + 0.25,
        "trailers": None,
        "content": BODY,
        "headers": [[b"Content-Type", b"text/event-stream"], [b"Set-Cookie", b"a=1"], [b"set-cookie", b"b=2"]],
        "http_version": b"HTTP/1.1",
        **changed,
    }


def flow(**changed):
    """A flow in the field order of mitmproxy 11, which writes the response first."""
    return {
        "websocket": None,
        "response": response(),
        "request": request(),
        "error": None,
        "id": "c19cada3",
        "type": "http",
        "version": 21,
        **changed,
    }


def load(*flows):
    return viewer.load(b"".join(map(packed, flows)), "a.flow")


def first(*flows):
    return load(*flows).interactions[0]


def test_flows_are_read_in_order_with_request_response_and_text():
    loaded = load(flow(), flow(request=request(path=b"/v1/other?a=1")))
    assert (loaded.format, loaded.format_version) == ("mitmproxy", "21")
    one, other = loaded.interactions
    assert (one.request.method, one.request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert (one.request.headers["content-type"], one.request.body) == ("application/json", b'{"stream":true}')
    assert (one.response.status, one.response.reason, one.response.body) == (200, "OK", BODY)
    assert one.response.headers["set-cookie"] == "a=1, b=2"
    assert other.request.url == "https://api.openai.com/v1/other?a=1"
    assert [(stream.text(), stream.provider, stream.complete) for stream in loaded.streams] == [
        ("Olá", "openai", True),
        ("Olá", "openai", True),
    ]
    assert loaded.problems == []


def test_times_come_from_the_flow():
    times = first(flow()).times
    assert times.headers_s == pytest.approx(0.25, abs=1e-6)
    assert times.whole_s == pytest.approx(2.5, abs=1e-6)
    assert (times.started, times.ended) == (Moment(START, 1e-6), Moment(START + 2.5, 1e-6))
    assert times.arrivals is None


@pytest.mark.parametrize("odd", [None, b"1795387481", "soon", True, float("nan"), 10**30, -1.0, 0, [], {}])
def test_an_invalid_time_is_ignored(odd):
    times = first(flow(request=request(timestamp_start=odd))).times
    assert (times.headers_s, times.whole_s, times.started) == (None, None, None)
    assert times.ended == Moment(START + 2.5, 1e-6)
    times = first(flow(response=response(timestamp_start=odd, timestamp_end=START - 1))).times
    assert (times.headers_s, times.whole_s) == (None, None)


@pytest.mark.parametrize(
    ("changed", "url"),
    [
        ({"host": "10.0.0.1", "headers": [[b"host", b"api.x.ai:443"]], "path": b"/v1"}, "https://api.x.ai/v1"),
        ({"headers": [], "authority": b"api.x.ai", "path": b"/v1"}, "https://api.x.ai/v1"),
        ({"headers": [], "path": b"/v1"}, "https://api.openai.com/v1"),
        ({"headers": [], "port": 8443, "path": b"/v1"}, "https://api.openai.com:8443/v1"),
        ({"headers": [], "scheme": b"http", "port": 80, "path": b"/"}, "http://api.openai.com/"),
        ({"headers": [], "port": None, "path": b"/"}, "https://api.openai.com/"),
        ({"headers": [], "scheme": b"", "authority": b"api.x.ai:443", "path": b""}, "api.x.ai:443"),
    ],
)
def test_the_url_is_the_one_that_the_client_requested(changed, url):
    assert first(flow(request=request(**changed))).request.url == url


def test_a_compressed_body_is_decompressed():
    packed_body = gzip.compress(BODY)
    gzipped = response(content=packed_body, headers=[[b"content-encoding", b"gzip"]])
    data = packed(flow(response=gzipped))
    assert read_recording(Document(data, "a")).interactions[0].response.body == packed_body
    assert viewer.load(data).streams[0].text() == "Olá"


def socket(*messages, **changed):
    """A WebSocket flow. Its HTTP response is the handshake."""
    return flow(
        websocket={"messages": messages, "closed_by_client": False, "timestamp_end": START + 9, **changed},
        response=response(status_code=101, content=None, headers=[[b"content-type", b"x"]], timestamp_end=START + 0.3),
        request=request(method=b"GET", content=b""),
    )


def test_websocket_messages_are_lines_with_times():
    exchange = first(
        socket(
            [1, True, b'{"type":"response.create"}', START + 0.5, False, False],
            [1, False, b'{"type":\n"a"}', START + 1, False, False],
            [2, False, b'{"type":"b"}', START + 1.5, False, False],
            [2, False, b"\x00\xff", START + 2, False, True],
            [1, False, "Olá".encode(), START + 3, False, False],
        )
    )
    assert exchange.request.body == b'{"type":"response.create"}\n'
    assert exchange.response.status == 101
    assert exchange.response.content_type == "application/x-ndjson"
    assert exchange.response.body == '{"type": "a"}\n{"type":"b"}\n"AP8="\n"Olá"\n'.encode()
    arrivals = exchange.times.arrivals
    assert arrivals.s == pytest.approx((1, 1.5, 2, 3), abs=1e-6)
    assert (arrivals.ends, arrivals.since_request, arrivals.resolution_s) == (None, False, 1e-6)
    [connection] = exchange.connections
    assert [one.is_sent for one in connection.frames] == [True, False, False, False, False]
    assert [one.at_s for one in connection.frames] == pytest.approx([0.5, 1, 1.5, 2, 3], abs=1e-6)
    assert [(one.is_binary, one.is_quoted) for one in connection.frames[2:]] == [
        (True, False),
        (True, True),
        (False, True),
    ]
    assert (connection.closed_by_client, connection.closed_at_s) == (False, pytest.approx(9, abs=1e-6))
    assert exchange.times.headers_s == pytest.approx(0.25, abs=1e-6)
    assert exchange.times.whole_s == pytest.approx(9, abs=1e-6)
    assert exchange.times.ended == Moment(START + 9, 1e-6)


def test_messages_of_old_versions_without_an_injection_mark_are_read():
    assert first(socket([1, False, b"{}", START + 1])).times.arrivals == Arrivals(
        (pytest.approx(1, abs=1e-6),), since_request=False, resolution_s=1e-6
    )


def test_a_dropped_message_is_left_out_with_a_note():
    loaded = load(socket([1, False, b"{}", START, True, False], [1, False, b"[]", START, False, False]))
    assert loaded.interactions[0].response.body == b"[]\n"
    assert any("dropped" in problem.message and problem.interaction == 0 for problem in loaded.problems)
    assert not any("streamed" in problem.message for problem in loaded.problems)


def test_one_message_without_a_time_leaves_all_without_times():
    exchange = first(socket([1, False, b"{}", START, False, False], [1, False, b"[]", None, False, False]))
    assert exchange.response.body == b"{}\n[]\n"
    assert exchange.times.arrivals is None


@pytest.mark.parametrize("odd", [5, b"x", [5], [[]], [[1, False, b"{}"]], {"a": 1}, [[1, False, {"a": 5}, [], [], []]]])
def test_messages_of_any_type_can_be_read(odd):
    assert first(flow(websocket={"messages": odd})).response.content_type == "application/x-ndjson"


def test_a_streamed_body_is_reported_as_not_stored():
    loaded = load(flow(response=response(content=None), request=request(content=None)))
    assert loaded.interactions[0].response.body == loaded.interactions[0].request.body == b""
    problems = [(problem.severity, problem.message) for problem in loaded.problems if "streamed" in problem.message]
    assert [severity for severity, _ in problems] == ["warning", "note"]
    assert all("mitmproxy does not store streamed bodies" in message for _, message in problems)


def test_a_method_without_a_body_gives_no_problem():
    loaded = load(flow(request=request(method=b"GET", content=None)))
    assert loaded.problems == []


def test_an_aborted_exchange_is_a_problem_with_the_reason():
    error = {"msg": "server disconnected", "timestamp": START}
    [problem] = load(flow(error=error)).problems
    assert (problem.severity, problem.interaction) == ("warning", 0)
    assert "server disconnected" in problem.message
    assert any("no reason is recorded" in problem.message for problem in load(flow(error={"msg": None})).problems)
    unanswered = load(flow(error=error, response=None))
    assert [problem.severity for problem in unanswered.problems if "broke off" in problem.message] == ["error"]


def test_a_flow_without_a_response_is_a_problem():
    loaded = load(flow(response=None))
    assert loaded.interactions[0].response.status is None
    assert any("no response" in problem.message for problem in loaded.problems)


def test_flows_of_other_protocols_are_left_out_and_counted():
    dns = {"response": {"answers": []}, "request": {"questions": []}, "type": "dns", "version": 21}
    loaded = load(flow(), {"messages": [], "type": b"tcp"}, dns)
    assert len(loaded.interactions) == 1
    [problem] = loaded.problems
    assert (problem.severity, problem.interaction) == ("note", None)
    assert "2 (tcp, dns)" in problem.message


def test_a_file_without_an_http_flow_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"a\.flow: the mitmproxy file has no HTTP flow"):
        load({"messages": [], "type": "tcp", "version": 21})


def test_null_values_are_empty_and_the_first_version_is_that_of_the_file():
    nothing = request(method=None, host=None, path=None, authority=None, headers=[], port=None)
    loaded = load(flow(version=None, request=nothing, response=response(reason=None)), flow(version=20), flow())
    assert loaded.format_version == "20"
    exchange = loaded.interactions[0]
    assert (exchange.request.method, exchange.request.url, exchange.response.reason) == ("", "https://", "")


def test_names_as_bytes_and_the_version_as_a_list_of_first_versions_are_read():
    old = {name.encode(): value for name, value in flow(version=[0, 18]).items()}
    old[b"response"] = {name.encode(): value for name, value in response().items()}
    loaded = load(old)
    assert loaded.format_version == "0.18"
    assert loaded.streams[0].text() == "Olá"


def test_a_file_that_is_cut_off_anywhere_is_read_up_to_there():
    whole = packed(flow()) + packed(flow())
    for end in range(len(whole) // 2 + 1, len(whole)):
        loaded = viewer.load(whole[:end])
        assert loaded.streams[0].text() == "Olá"
        assert any("ends before it is complete" in problem.message for problem in loaded.problems), end


def test_a_flow_that_is_cut_off_in_its_body_has_the_beginning_of_the_body():
    data = packed(flow())
    end = data.index(b"[DONE]")
    loaded = viewer.load(data[:end])
    [exchange] = loaded.interactions
    assert exchange.response.body == BODY[: BODY.index(b"[DONE]")]
    assert (exchange.response.status, exchange.times.ended) == (200, Moment(START + 2.5, 1e-6))
    assert loaded.streams[0].text() == "Olá"
    [problem] = [problem for problem in loaded.problems if "ends before it is complete" in problem.message]
    assert (problem.severity, problem.offset) == ("warning", 0)


def test_a_flow_that_is_cut_off_in_its_headers_keeps_those_before():
    data = packed(flow(response=response(content=b"")))
    exchange = viewer.load(data[: data.index(b"set-cookie") + 4]).interactions[0]
    assert dict(exchange.response.headers) == {"Content-Type": "text/event-stream", "Set-Cookie": "a=1"}


def test_messages_that_are_cut_off_are_read_up_to_there():
    data = packed(socket([1, False, b"{}", START + 1, False, False], [1, False, b'{"a":1}', START + 2, False, False]))
    exchange = viewer.load(data[: data.index(b'{"a":1}') + 4]).interactions[0]
    assert exchange.response.body == b"{}\n"


def test_an_invalid_tnetstring_costs_only_the_rest_of_its_flow():
    broken = packed(flow()).replace(b"3:200#", b"3:200?")
    loaded = viewer.load(broken + packed(flow()))
    assert [exchange.response.reason for exchange in loaded.interactions] == ["OK", "OK"]
    assert [stream.text() for stream in loaded.streams] == ["Olá"]
    place = broken.index(b"3:200?")
    assert [problem.offset for problem in loaded.problems if f"at byte {place}." in problem.message] == [0]


def test_other_bytes_between_flows_end_the_reading():
    loaded = viewer.load(packed(flow()) + b"garbage" + packed(flow()))
    assert len(loaded.interactions) == 1
    place = len(packed(flow()))
    assert [problem.offset for problem in loaded.problems if "no tnetstring" in problem.message] == [place]


def test_a_length_beyond_its_container_is_not_a_tnetstring():
    broken = packed(flow()).replace(b"3:200#", b"999:2#")
    loaded = viewer.load(broken + packed(flow()))
    assert len(loaded.interactions) == 2
    assert any("no tnetstring" in problem.message for problem in loaded.problems)


def test_endless_nesting_is_not_followed():
    deep = b"0:]"
    for _ in range(5000):
        deep = b"%d:%b]" % (len(deep), deep)
    inner = packed("response") + packed(response()) + packed("metadata") + deep
    loaded = viewer.load(b"%d:%b}" % (len(inner), inner) + packed(flow()))
    assert [stream.text() for stream in loaded.streams] == ["Olá", "Olá"]
    assert any("no tnetstring" in problem.message for problem in loaded.problems)


ODD = [None, True, 5, -5, 10**40, 1.5, b"\xff\xfe", "text", [], [5], [[b"a"]], {}, {"a": {"b": []}}]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["response", "request", "websocket", "error", "version", "id"])
def test_a_flow_field_of_any_type_leaves_the_other_flow_readable(name, odd):
    assert load(flow(), flow(**{name: odd})).streams[0].text() == "Olá"


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", list(response()))
def test_a_response_field_of_any_type_can_be_read(name, odd):
    assert len(load(flow(response=response(**{name: odd}))).interactions) == 1


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", list(request()))
def test_a_request_field_of_any_type_can_be_read(name, odd):
    assert load(flow(request=request(**{name: odd}))).streams[0].text() == "Olá"


@pytest.mark.parametrize("number", [b"4300:%b#" % (b"9" * 4300), b"5:12,5x#", b"3:abc^", b"4:1e99^", b"2:ab~"])
def test_an_invalid_number_can_be_read(number):
    data = packed({"response": response()})
    inner = data[data.index(b":") + 1 : -1] + packed("version") + number
    assert viewer.load(b"%d:%b}" % (len(inner), inner)).streams[0].text() == "Olá"


@pytest.mark.parametrize("text", [b"12:9:websockets;", b"1:2", b"5:hello,", b'{"websocket":null}', b"9:websocket;0:~"])
def test_other_text_that_begins_with_a_number_is_not_recognised(text):
    with pytest.raises(viewer.CassetteError, match="not a cassette of a known recorder"):
        viewer.load(text)


@pytest.mark.parametrize(("code", "kept"), [(1011, 1011), (None, None), (1006, None), (b"x", None), (7, None)])
def test_the_close_code_of_a_websocket_is_kept_if_an_endpoint_can_send_it(code, kept):
    [connection] = first(socket([1, False, b"{}", START], close_code=code)).connections
    assert connection.close_code == kept
