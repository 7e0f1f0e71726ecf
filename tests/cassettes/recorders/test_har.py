"""HTTP archives in the layouts of browsers and proxies. All are synthetic, except the shared recordings."""

import base64
import json

import pytest

import viewer
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'
NONSENSE = [None, 5, 1e308, -1, True, "x", "ü", [], [5], {}, {"a": 1}, [[]], [{}], [{"name": 5}], {"text": 5}]


def entry(content, response=None, **more):
    return {
        "startedDateTime": "2026-11-22T22:44:41.864Z",
        "time": 460,
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": [{"name": "accept", "value": "text/event-stream"}, {"name": "content-length", "value": 15}],
            "postData": {"mimeType": "application/json", "text": '{"stream":true}'},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": [{"name": "content-type", "value": "text/event-stream"}],
            "content": content,
            **(response or {}),
        },
        "timings": {"blocked": 1, "dns": -1, "connect": 3, "ssl": 2, "send": 1, "wait": 5, "receive": 450},
        **more,
    }


def write(*entries):
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": list(entries)}}).encode()


def load(*entries):
    return viewer.load(write(*entries))


def test_an_entry_is_an_interaction():
    cassette = load(entry({"mimeType": "text/event-stream", "text": BODY}))
    assert (cassette.format, cassette.format_version) == ("har", "1.2")
    [interaction] = cassette.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert (request.headers["Content-Length"], request.body) == ("15", b'{"stream":true}')
    assert (response.status, response.reason, response.body) == (200, "OK", BODY.encode())
    assert cassette.streams[0].text() == "Olá"
    assert cassette.problems == []


def test_an_archive_with_a_byte_order_mark_is_read():
    assert viewer.load(b"\xef\xbb\xbf" + write(entry({"text": BODY}))).format == "har"


def test_a_base64_body_gives_its_bytes():
    body = BODY.encode() + b": \xff\n\n"
    content = {"text": base64.b64encode(body).decode(), "encoding": "base64"}
    assert load(entry(content)).interactions[0].response.body == body


@pytest.mark.parametrize(
    ("text", "media_type", "sent"),
    [
        (BODY.encode().decode("latin-1"), "text/event-stream", BODY),
        (BODY, "text/event-stream", BODY),
        ("日本 " + BODY.encode().decode("latin-1"), "text/event-stream", "日本 " + BODY.encode().decode("latin-1")),
        ("Ã©", "text/plain; charset=utf-8", "Ã©"),
    ],
)
def test_utf_8_that_was_read_as_latin_1_is_restored(text, media_type, sent):
    headers = {"headers": [{"name": "Content-Type", "value": media_type}]}
    assert load(entry({"text": text}, headers)).interactions[0].response.body == sent.encode()


def test_the_media_type_replaces_a_missing_header():
    cassette = load(entry({"mimeType": "text/event-stream; charset=utf-8", "text": BODY}, {"headers": []}))
    assert cassette.interactions[0].response.content_type == "text/event-stream"


def test_a_posted_form_is_written_as_it_was_sent():
    one = entry({"text": BODY})
    one["request"]["postData"] = {"params": [{"name": "a b", "value": "ü"}, {"name": "c"}]}
    assert load(one).interactions[0].request.body == b"a+b=%C3%BC&c="


@pytest.mark.parametrize(
    ("timings", "seconds"),
    [
        ({"blocked": 1, "dns": -1, "connect": 3, "ssl": 2, "send": 1, "wait": 5, "receive": 450}, 0.01),
        ({"wait": 5, "receive": 450}, 0.005),
        ({"wait": 455, "receive": 0}, None),  # Read as a whole, so the wait is for the end.
        ({"wait": 12, "receive": -1}, None),
        ({"wait": True, "receive": 1}, None),
        ({"wait": 1e308, "blocked": 1e308, "receive": 1}, None),
        ({"wait": "5", "receive": 1}, None),
        (None, None),
    ],
)
def test_the_time_to_the_headers_includes_all_phases_before_the_body(timings, seconds):
    [interaction] = load(entry({"text": BODY}, timings=timings)).interactions
    assert interaction.times.headers_s == pytest.approx(seconds)


def test_the_start_and_length_of_the_response_are_read():
    times = load(entry({"text": BODY})).interactions[0].times
    assert (times.started, times.whole_s, times.ended) == (Moment(1795387481.864, 0.001), 0.46, None)


@pytest.mark.parametrize("odd", [None, "x", -1, [], True, 1e300])
def test_an_invalid_length_or_start_is_ignored(odd):
    times = load(entry({"text": BODY}, time=odd, startedDateTime=odd)).interactions[0].times
    assert (times.started, times.whole_s) == (None, None)


def test_browser_messages_have_times_since_the_request():
    messages = [{"time": 1795387481.964 + place, "eventName": "message", "data": "{}"} for place in (0, 0.25)]
    arrivals = load(entry({"text": BODY}, _eventSourceMessages=messages)).interactions[0].times.arrivals
    assert arrivals.s == pytest.approx((0.1, 0.35), abs=1e-6)
    assert (arrivals.since_request, arrivals.ends) == (True, None)
    messages[1]["time"] = "x"
    assert load(entry({"text": BODY}, _eventSourceMessages=messages)).interactions[0].times.arrivals is None


MESSAGES = [
    {"time": 1795388044.3, "eventName": "message", "eventId": "", "data": '{"choices":[]}'},
    {"time": 1795388044.4, "eventName": "a\nb", "eventId": "7", "data": "one\ntwo\r\rthree"},
    5,
    {"time": 1795388044.5, "eventName": None, "data": {"a": 1}},
    {"time": 1795388044.6, "eventName": 5},
]
STREAM = (
    b'data: {"choices":[]}\n\n'
    b"event: a b\nid: 7\ndata: one\ndata: two\ndata: \ndata: three\n\n"
    b'data: {"a":1}\n\n'
    b"event: 5\ndata: \n\n"
)


@pytest.mark.parametrize("content", [{"size": 0}, {"text": "", "size": 5}, {"text": None}, None])
def test_eventsource_messages_replace_a_body_that_was_not_exported(content):
    cassette = load(entry(content, _eventSourceMessages=MESSAGES))
    assert cassette.interactions[0].response.body == STREAM
    assert cassette.streams[0].chunks["event"].nunique() == 4
    assert any("rebuilt from the messages" in problem.message for problem in cassette.problems)


def test_an_exported_body_is_preferred_to_its_messages():
    cassette = load(entry({"text": BODY}, _eventSourceMessages=MESSAGES))
    assert cassette.interactions[0].response.body == BODY.encode()


def test_websocket_messages_are_lines_of_the_request_and_response():
    binary = base64.b64encode(b'{\n  "b": "\xc3\xa1"\n}\n').decode()
    messages = [
        {"type": "send", "time": 1.0, "opcode": 1, "data": '{"type":"session.update"}'},
        {"type": "receive", "time": 1.1, "opcode": 1, "data": '{"type":"a",\r\n"n":1}'},
        {"type": "receive", "time": 1.2, "opcode": 2, "data": binary},
        {"type": "receive", "time": 1.3, "opcode": 1, "data": "no\nJSON"},
        {"type": "receive", "time": 1.3, "opcode": 2, "data": base64.b64encode(b"\xff\n").decode()},
        {"type": "receive", "time": 1.4, "opcode": 9, "data": "ping"},
        {"type": "receive", "time": 1.5, "opcode": 8, "data": ""},
        {"type": "receive", "time": 1.6, "opcode": [], "data": {"c": 1}},
        None,
    ]
    one = entry({"size": 0, "mimeType": "x-unknown"}, {"status": 101, "headers": []}, _webSocketMessages=messages)
    del one["request"]["postData"]
    [interaction] = load(one).interactions
    assert interaction.request.body == b'{"type":"session.update"}\n'
    assert interaction.response.content_type == "application/x-ndjson"
    [connection] = interaction.connections
    assert [one.is_sent for one in connection.frames] == [True] + [False] * 5
    assert [one.is_binary for one in connection.frames] == [False, False, True, False, True, False]
    assert [one.is_quoted for one in connection.frames] == [False, False, False, True, True, False]
    gaps_s = [one.at_s - connection.frames[0].at_s for one in connection.frames]
    assert gaps_s == pytest.approx([0, 0.1, 0.2, 0.3, 0.3, 0.6], abs=1e-6)
    lines = interaction.response.body.split(b"\n")
    assert lines[:2] == [b'{"type":"a", "n":1}', b'{   "b": "\xc3\xa1" } ']
    assert lines[2:] == [b'"no\\nJSON"', b'"/wo="', b'{"c":1}', b""]


@pytest.mark.parametrize(
    ("content", "response", "message"),
    [
        ({"size": 5844, "mimeType": "text/event-stream"}, {}, "The body was not exported"),
        ({"size": 0, "mimeType": "text/event-stream", "text": ""}, {}, "The body was not exported"),
        ({"size": 9, "_file": "5f1a.dat"}, {}, "a file of its own, which is missing: 5f1a.dat"),
        ({"size": -1}, {"_failureText": "net::ERR_ABORTED"}, "aborted: net::ERR_ABORTED"),
        ({"size": 0}, {"_error": "net::ERR_FAILED"}, "aborted: net::ERR_FAILED"),
    ],
)
def test_a_body_that_is_not_in_the_archive_is_a_problem(content, response, message):
    warnings = [problem for problem in load(entry(content, response)).problems if problem.severity == "warning"]
    assert any(message in problem.message for problem in warnings)
    assert {problem.interaction for problem in warnings} == {0}


def test_an_empty_response_that_is_not_a_stream_gives_no_warning():
    cassette = load(entry({"size": 0, "text": ""}, {"status": 204, "headers": []}))
    assert [problem.severity for problem in cassette.problems] == ["note"]


def test_an_entry_without_a_response_is_a_problem_and_the_rest_is_read():
    cassette = load(entry({"text": BODY}), {"request": {"url": "x"}}, 5)
    assert len(cassette.interactions) == 3
    assert {problem.interaction for problem in cassette.problems if problem.severity == "error"} == {1, 2}


def test_a_status_of_zero_means_no_response():
    assert load(entry({"text": ""}, {"status": 0})).interactions[0].response.status is None


def test_an_archive_that_is_cut_off_is_read_up_to_there():
    whole = write(entry({"text": BODY}), entry({"text": BODY}))
    cassette = viewer.load(whole[: whole.rindex(b"DONE")])
    assert cassette.format == "har"
    assert [stream.text() for stream in cassette.streams] == ["Olá", "Olá"]
    assert any("broken or cut off at line" in problem.message for problem in cassette.problems)


def test_an_archive_without_entries_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"empty\.har: the har recording has no entries"):
        viewer.load(write(), "empty.har")


@pytest.mark.parametrize("odd", NONSENSE)
def test_values_of_any_type_can_be_read(odd):
    whole = entry({"mimeType": "text/event-stream", "text": BODY, "encoding": "", "size": 1})
    for key in [*whole, "_eventSourceMessages", "_webSocketMessages"]:
        assert len(load({**whole, key: odd}, whole).interactions) == 2
    for place in ("request", "response"):
        for key in [*whole[place], "_error"]:
            assert len(load({**whole, place: {**whole[place], key: odd}}).interactions) == 1
    for key in ("text", "encoding", "mimeType", "size", "_file"):
        assert len(load(entry({**whole["response"]["content"], key: odd})).interactions) == 1
    for key in ("type", "time", "opcode", "data", "eventName", "eventId"):
        message = {"type": "receive", "opcode": 2, "data": "e30=", key: odd}
        assert load(entry(None, _webSocketMessages=[message], _eventSourceMessages=[message])).interactions


@pytest.mark.parametrize(
    "tree", [{"log": {"entries": 5}}, {"log": {"entries": [5, {"a": 1}]}}, {"log": [{"entries": []}]}]
)
def test_a_log_without_requests_is_not_an_archive(tree):
    with pytest.raises(viewer.CassetteError, match="not a cassette of a known recorder"):
        viewer.load(json.dumps(tree).encode())


def test_messages_of_a_real_browser_give_the_same_stream_as_its_body(shared):
    paths = sorted((shared / "recorded" / "devtools-har").glob("*.har"))
    assert paths
    for path in paths:
        archive = json.loads(path.read_bytes())
        for one in archive["log"]["entries"]:
            del one["response"]["content"]["text"]
        [kept], [put_together] = viewer.load(path).streams, viewer.load(json.dumps(archive).encode()).streams
        assert put_together.text() == kept.text(), path
        assert put_together.chunks["event"].nunique() == kept.chunks["event"].nunique(), path


@pytest.mark.parametrize(
    "take",
    [lambda log: log["entries"][0], lambda log: log["entries"], lambda log: log],
    ids=["entry", "entries", "log"],
)
def test_entries_taken_out_of_an_archive_are_read_with_their_times(take):
    archive = json.loads(write(entry({"text": BODY, "mimeType": "text/event-stream"})))
    whole, taken = viewer.load(json.dumps(archive).encode()), viewer.load(json.dumps(take(archive["log"])).encode())
    assert taken.format == "har"
    assert taken.interactions[0].request.url == whole.interactions[0].request.url
    assert taken.streams[0].text() == whole.streams[0].text()
    assert taken.interactions[0].times == whole.interactions[0].times


def test_entries_on_a_line_each_are_read_one_by_one():
    archive = json.loads(write(entry({"text": BODY}), entry({"text": BODY})))
    lines = "\n".join(map(json.dumps, archive["log"]["entries"]))
    assert (viewer.load(lines.encode()).format, len(viewer.load(lines.encode()).streams)) == ("har", 2)


def misread(text):
    """Read UTF-8 as a browser reads text without a charset."""
    undefined = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return "".join(chr(byte) if byte in undefined else bytes([byte]).decode("cp1252") for byte in text.encode())


CURLY = BODY.replace("Olá", "it’s “ok” 日本")


def test_utf_8_that_a_browser_read_as_windows_1252_is_restored_with_a_note():
    cassette = load(entry({"mimeType": "text/event-stream", "text": misread(CURLY)}))
    assert cassette.streams[0].text() == "it’s “ok” 日本"
    [note] = cassette.problems
    assert (note.severity, note.interaction) == ("note", 0)
    assert "windows-1252" in note.message


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        ({"text": CURLY, "mimeType": "text/event-stream"}, 0),
        ({"text": misread(CURLY), "mimeType": "text/event-stream; charset=utf-8"}, 0),
        ({"text": misread(CURLY) + ": 日本", "mimeType": "text/event-stream"}, 1),
    ],
)
def test_text_that_was_perhaps_read_correctly_stays(content, notes):
    cassette = load(entry(content))
    assert cassette.interactions[0].response.body == content["text"].encode()
    assert len(cassette.problems) == notes


@pytest.mark.parametrize(
    ("time", "timings", "seconds"),
    [
        (0, {"wait": 0, "receive": 1410}, 1.41),
        (0.0, {"send": 5, "wait": 5, "receive": 1400}, 1.41),
        (0, {"wait": -1, "receive": True}, None),
        (0, {"receive": 1e300}, None),
        (0, None, None),
        (460, {"receive": 1410}, 0.46),
    ],
)
def test_a_total_of_zero_is_the_sum_of_the_phases(time, timings, seconds):
    [interaction] = load(entry({"text": BODY}, time=time, timings=timings)).interactions
    assert interaction.times.whole_s == pytest.approx(seconds)


def test_the_time_in_the_queue_of_the_browser_is_before_the_request():
    queued = {"blocked": 6005, "_blocked_queueing": 6000, "send": 1, "wait": 494, "receive": 1500}
    messages = [{"time": 1795387481.864 + 6.605, "eventName": "message", "data": "{}"}]
    cassette = load(entry({"text": BODY}, time=8000, timings=queued, _eventSourceMessages=messages))
    times = cassette.interactions[0].times
    assert (times.headers_s, times.whole_s) == pytest.approx((0.495, 1.995))
    assert times.started.epoch_s == pytest.approx(1795387481.864 + 6.005)
    assert times.arrivals.s == pytest.approx((0.6,), abs=1e-5)
    assert any("held the request back for 6.00 s" in problem.message for problem in cassette.problems)
