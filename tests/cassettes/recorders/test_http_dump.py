import gzip
import time

import pytest

import viewer

EVENTS = [
    'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":null}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n',
    "data: [DONE]\n\n",
]
BODY = "".join(EVENTS).encode()
POSTED = b'{"stream": true}'


def head(first_line, *headers):
    return b"".join(line + b"\r\n" for line in (first_line, *headers, b""))


OK = head(b"HTTP/1.1 200 OK", b"Content-Type: text/event-stream", b"Transfer-Encoding: chunked")
POST = head(b"POST /v1/chat/completions HTTP/1.1", b"Content-Length: 16", b"Host: api.openai.com")
NOT_FOUND = head(b"HTTP/1.1 404 Not Found", b"Content-Type: application/json", b"Content-Length: 27")
ERROR = b'{"error": {"message": "x"}}'
# What HTTPie writes after a body if another message follows.
SEPARATOR = b"\n\n"


def unix(text):
    return text.replace(b"\r\n", b"\n")


def load(text):
    return viewer.load(text, "dump.txt")


def framed(*parts):
    return b"".join(b"%x\r\n" % len(part) + part + b"\r\n" for part in (*parts, b""))


@pytest.mark.parametrize("change", [bytes, unix])
def test_the_output_of_curl_with_headers_is_a_response(change):
    loaded = load(change(OK + BODY))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("curl", "", [])
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("", "")
    response = interaction.response
    assert (response.status, response.reason, response.content_type) == (200, "OK", "text/event-stream")
    assert response.body == BODY
    [stream] = loaded.streams
    assert (stream.text(), stream.finish_reason, stream.usage.total) == ("Olá", "stop", 4)
    assert stream.chunks["event"].nunique() == 3


@pytest.mark.parametrize("change", [bytes, unix])
def test_the_output_of_httpie_is_a_request_and_its_response(change):
    loaded = load(change(POST + POSTED + SEPARATOR + OK + BODY))
    assert (loaded.format, loaded.problems) == ("httpie", [])
    [interaction] = loaded.interactions
    request = interaction.request
    assert (request.method, request.url) == ("POST", "//api.openai.com/v1/chat/completions")
    assert (request.headers["content-length"], request.body) == ("16", POSTED)
    assert interaction.response.body == BODY
    assert [(stream.text(), stream.provider) for stream in loaded.streams] == [("Olá", "openai")]


def test_a_dump_has_no_times():
    times = load(OK + BODY).interactions[0].times
    assert (times.headers_s, times.whole_s, times.arrivals, times.started, times.ended) == (None,) * 5


def test_the_elapsed_time_of_httpie_is_the_whole_time_and_not_part_of_the_body():
    text = POST + POSTED + SEPARATOR + OK + BODY + b"\n\nElapsed time: 2.4370625s\n\n"
    for interaction in load(text + SEPARATOR + text).interactions:
        assert interaction.times.whole_s == 2.4370625
        assert interaction.response.body == BODY


def test_a_status_line_of_http_2_has_no_reason():
    loaded = load(head(b"HTTP/2 200 ", b"content-type: text/event-stream") + BODY)
    assert (loaded.format, loaded.interactions[0].response.status, loaded.interactions[0].response.reason) == (
        "curl",
        200,
        "",
    )
    assert loaded.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    "before",
    [
        head(b"HTTP/1.1 100 Continue"),
        head(b"HTTP/1.1 103 Early Hints", b"Link: </a>"),
        head(b"HTTP/1.1 200 Connection established"),
        head(b"HTTP/1.1 100 Continue") * 2,
    ],
)
def test_an_interim_response_is_skipped(before):
    loaded = load(before + OK + BODY)
    assert [interaction.response.status for interaction in loaded.interactions] == [200]
    assert loaded.streams[0].text() == "Olá"


def test_an_interim_response_without_a_successor_is_shown():
    assert load(head(b"HTTP/1.1 100 Continue")).interactions[0].response.status == 100


def test_switching_protocols_is_a_final_response():
    loaded = load(head(b"HTTP/1.1 101 Switching Protocols") + OK + BODY)
    assert [interaction.response.status for interaction in loaded.interactions] == [101, 200]


def test_a_redirect_without_its_body_is_an_interaction_of_its_own():
    moved = head(b"HTTP/1.1 302 Found", b"Location: /b", b"Content-Length: 154")
    first, second = load(moved + OK + BODY).interactions
    assert (first.response.status, first.response.headers["location"], first.response.body) == (302, "/b", b"")
    assert (second.response.status, second.response.body) == (200, BODY)


def test_responses_without_a_line_end_between_them_are_split_by_their_length():
    loaded = load(NOT_FOUND + ERROR + OK + BODY + NOT_FOUND + ERROR)
    assert [interaction.response.body for interaction in loaded.interactions] == [ERROR, BODY, ERROR]
    assert [problem.interaction for problem in loaded.problems if problem.severity == "error"] == [0, 2]


def test_a_content_length_that_does_not_fit_is_ignored():
    packed = head(b"HTTP/1.1 200 OK", b"Content-Encoding: gzip", b"Content-Length: 5")
    for text in (
        packed + BODY,
        packed + BODY + packed + BODY,
        packed.replace(b": 5", b": 99999") + BODY + packed + BODY,
    ):
        assert {interaction.response.body for interaction in load(text).interactions} == {BODY}


def test_exchanges_of_httpie_are_read_in_order():
    get = head(b"GET /v1/models HTTP/1.1", b"Host: api.openai.com")
    upload = head(b"POST /b HTTP/1.1", b"Transfer-Encoding: chunked")
    texts = [
        get + SEPARATOR,
        NOT_FOUND + ERROR + SEPARATOR,
        upload + POSTED + SEPARATOR,
        OK + BODY + SEPARATOR,
        POST + POSTED,
    ]
    loaded = load(b"".join(texts) + SEPARATOR + OK + BODY)
    assert [
        (one.request.method, one.request.url, one.request.body, one.response.body) for one in loaded.interactions
    ] == [
        ("GET", "//api.openai.com/v1/models", b"", ERROR),
        ("POST", "/b", POSTED, BODY),
        ("POST", "//api.openai.com/v1/chat/completions", POSTED, BODY),
    ]


def test_a_request_with_a_full_url_keeps_it():
    request = head(b"POST http://proxied.example/v1 HTTP/1.1", b"Host: other.example")
    assert load(request + SEPARATOR + OK + BODY).interactions[0].request.url == "http://proxied.example/v1"


def test_requests_without_a_response_are_problems():
    loaded = load(POST + POSTED + SEPARATOR + POST + POSTED + SEPARATOR + OK + BODY + SEPARATOR + POST)
    assert [interaction.response.status for interaction in loaded.interactions] == [None, 200, None]
    assert [problem.interaction for problem in loaded.problems if "no response" in problem.message] == [0, 2]


@pytest.mark.parametrize("change", [bytes, unix])
def test_chunked_coding_is_removed_if_it_is_there(change):
    loaded = load(change(OK) + framed(BODY[:50], BODY[50:]))
    assert loaded.interactions[0].response.body == BODY
    assert not loaded.problems


def test_chunked_coding_that_is_cut_off_is_removed_and_is_a_problem():
    loaded = load(OK + framed(BODY)[:-60])
    assert BODY.startswith(loaded.interactions[0].response.body)
    assert loaded.streams[0].text() == "Olá"
    assert any("chunks" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize("body", [b"add\r\nmilk\r\n", b"0\n", b"5\r\nno", b""])
def test_text_that_only_looks_like_a_chunk_is_unchanged(body):
    assert load(OK + body).interactions[0].response.body == body


def test_a_compressed_body_is_read():
    assert load(head(b"HTTP/1.1 200 OK", b"Content-Encoding: gzip") + gzip.compress(BODY)).streams[0].text() == "Olá"


def test_json_lines_are_read():
    lines = b'{"message":{"content":"a"},"done":false}\n{"message":{"content":"b"},"done":true}\n'
    loaded = load(head(b"HTTP/1.1 200 OK", b"Content-Type: application/x-ndjson") + lines)
    assert loaded.streams[0].text() == "ab"


def test_a_dump_that_is_cut_off_anywhere_is_read_up_to_there():
    whole = POST + POSTED + SEPARATOR + OK + BODY
    for end in range(len(POST), len(whole), 7):
        loaded = load(whole[:end])
        assert loaded.format == "httpie"
        assert BODY.startswith(loaded.interactions[0].response.body)
    assert load(whole[: whole.index(b"data: [DONE]")]).streams[0].text() == "Olá"


@pytest.mark.parametrize(
    "odd",
    [
        head(b"HTTP/1.1 999 ", b"content-length: -1"),
        head(b"HTTP/1.1 200 OK", b"Content-Length: " + b"9" * 5000),
        head(b"HTTP/1.1 200 OK", b"Content-Length: x", b"no header", b": empty"),
        b"\xef\xbb\xbf\r\n" + head(b"HTTP/3 200"),
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_odd_heads_can_be_read(odd):
    loaded = load(odd + BODY)
    assert loaded.format == "curl"
    assert loaded.streams[0].text() == "Olá"


@pytest.mark.parametrize(
    "text", [b"HTTP/1.1 is a protocol\n", b"GET me\n", b"POST / HTTP/1.1 and more\n", b"HTTP/1.1 200 OK\nText"]
)
def test_a_text_about_http_is_not_a_dump(text):
    with pytest.raises(viewer.CassetteError):
        load(text)


@pytest.mark.process
@pytest.mark.parametrize(
    "piece", [b"\r\n", b"HTTP/1.1 200 OK\r\n", b"POST x", b"1\r\n", b"\n\nElapsed time: 1", b"Content-Length: 1\n"]
)
def test_reading_time_is_linear_in_the_length(piece):
    start = time.process_time()
    load(OK + piece * 50_000)
    assert time.process_time() - start < 5
