import gzip
import time

import pytest

import viewer

EVENTS = [
    b'data: {"choices":[{"index":0,"delta":{"content":"a. b..data: c"},"finish_reason":null}],"t":1.5}\n\n',
    'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":null}]}\n\n'.encode(),
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n',
    b"data: [DONE]\n\n",
]
BODY = b"".join(EVENTS)
POSTED = b'{"stream": true, "temperature": 0.9}'
SENT = b"POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nUser-Agent: curl/7.88.1\r\n\r\n"
HEAD = [b"HTTP/1.1 200 OK\r\n", b"Content-Type: text/event-stream\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n"]
INTACT = "== Info: Connection #0 to host 127.0.0.1 left intact\n"
START_US = 22 * 3600 * 10**6 + 47 * 60 * 10**6

# The beginning of a trace that curl 7.88.1 wrote of a local server.
RECORDED = """22:47:47.290821 == Info: Connected to 127.0.0.1 (127.0.0.1) port 18104 (#0)
22:47:47.290855 => Send header, 151 bytes (0x97)
0000: POST /v1/chat/completions HTTP/1.1
0024: Host: 127.0.0.1:18104
003b: User-Agent: curl/7.88.1
0054: Accept: */*
0061: Content-Type:application/json
0080: Content-Length: 263
0095:\x20
22:47:47.301712 <= Recv header, 17 bytes (0x11)
0000: HTTP/1.1 200 OK
22:47:47.301793 <= Recv header, 28 bytes (0x1c)
0000: Transfer-Encoding: chunked
22:47:47.301807 <= Recv header, 2 bytes (0x2)
0000:\x20
22:47:47.331122 <= Recv data, 505 bytes (0x1f9)
0000: 1f2
0005: data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role
0045: ":"assistant","content":null}}],"created":1795387667,"id":"chatc
0085: mpl-w787QJIUo2l1JlOn7x3M4oTfYo2RyPAT","model":"gemma-3-270m","sy
00c5: stem_fingerprint":"b0-unknown","object":"chat.completion.chunk"}
0105: ..data: {"choices":[{"finish_reason":null,"index":0,"delta":{"co
0145: ntent":"Say"}}],"created":1795387667,"id":"chatcmpl-w787QJIUo2l1
0185: JlOn7x3M4oTfYo2RyPAT","model":"gemma-3-270m","system_fingerprint
01c5: ":"b0-unknown","object":"chat.completion.chunk"}..
22:47:47.685374 <= Recv data, 26 bytes (0x1a)
0000: e
0003: data: [DONE]..
0013: 0
0016:\x20
22:47:47.685461 == Info: Connection #0 to host 127.0.0.1 left intact
"""


def printed(data):
    """Bytes as `--trace-ascii` prints them: up to 64 per line. A line also ends at CR LF, which is not printed."""
    place = 0
    while place < len(data):
        line = data[place : place + 64].partition(b"\r\n")[0]
        if data[place + 63 : place + 65] == b"\r\n":
            line = data[place : place + 63]
        text = "".join(chr(one) if 0x20 <= one < 0x7F else "." for one in line)
        yield f"{place:04x}: {text}\n"
        place += len(line) + 2 * data.startswith(b"\r\n", place + len(line))


def hexadecimal(data):
    for place in range(0, len(data), 16):
        line = data[place : place + 16]
        text = "".join(chr(one) if 0x20 <= one < 0x7F else "." for one in line)
        yield f"{place:04x}: {''.join(f'{one:02x} ' for one in line):48}{text}\n"


def block(kind, data, us=None, show=hexadecimal, ids=""):
    """A synthetic block in curl's layout."""
    seconds, part = divmod((us or 0) % 86_400_000_000, 10**6)
    stamp = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{part:06} " if us is not None else ""
    return f"{stamp}{ids}{kind}, {len(data)} bytes ({len(data):#x})\n" + "".join(show(data))


def framed(*parts):
    return [b"%x\r\n" % len(part) + part + b"\r\n" for part in parts]


PIECES = [*framed(EVENTS[0], EVENTS[1]), b"".join(framed(*EVENTS[2:])) + b"0\r\n\r\n"]


def exchange(pieces=PIECES, head=HEAD, *, show=hexadecimal, start_us=START_US, step_us=100_000, end=INTACT, ids=""):
    """A synthetic exchange. The headers arrive `step_us` after the request, and so does each piece of the body after the last."""
    times = [None] * 99 if start_us is None else [start_us + step_us * n for n in range(99)]
    blocks = [
        block("=> Send header", SENT, times[0], show, ids),
        block("=> Send data", POSTED, times[0] and times[0] + 7, show, ids),
        block("=> Send SSL data", b"\x17\x03\x03", times[0], show, ids),
        *(block("<= Recv header", line, times[1], show, ids) for line in head),
        *(block("<= Recv data", piece, time, show, ids) for piece, time in zip(pieces, times[2:], strict=False)),
    ]
    return "".join(blocks) + end


def load(text):
    return viewer.load(text.encode(), "curl.trace")


def as_dots(data):
    return data.decode("latin-1").replace("Ã¡", "..").encode()


@pytest.mark.parametrize("ids", ["", "[0-0] ", "[12-x] "])
def test_a_trace_in_hexadecimal_is_exact(ids):
    loaded = load(exchange(ids=ids))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("curl-trace", "", [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url, request.body) == ("POST", "//api.openai.com/v1/chat/completions", POSTED)
    assert request.headers["user-agent"] == "curl/7.88.1"
    assert (response.status, response.reason, response.content_type) == (200, "OK", "text/event-stream")
    assert response.body == BODY
    [stream] = loaded.streams
    assert (stream.text(), stream.finish_reason, stream.usage.total) == ("a. b..data: cOlá", "stop", 4)
    assert stream.chunks["event"].nunique() == 4


def test_the_line_ends_of_a_trace_in_ascii_are_restored_and_a_note_says_what_is_lost():
    loaded = load(exchange(show=printed))
    [interaction] = loaded.interactions
    assert interaction.request.body == POSTED
    assert interaction.response.body == as_dots(BODY)
    assert loaded.streams[0].text() == "a. b..data: cOl.."
    assert loaded.streams[0].usage.total == 4
    [problem] = loaded.problems
    assert (problem.severity, problem.interaction) == ("note", None)
    assert "ASCII" in problem.message


def test_a_real_trace_of_curl_is_read():
    loaded = load(RECORDED)
    [interaction] = loaded.interactions
    assert interaction.request.url == "//127.0.0.1:18104/v1/chat/completions"
    assert interaction.response.headers["transfer-encoding"] == "chunked"
    assert (len(interaction.response.body), interaction.response.body[-16:]) == (
        0x1F2 + 0xE,
        b"}\n\ndata: [DONE]\n\n"[-16:],
    )
    assert loaded.streams[0].text() == "Say"
    times = interaction.times
    assert (times.headers_s, times.whole_s) == (0.010952, 0.394519)
    assert (times.arrivals.s, times.arrivals.ends) == ((0.040267, 0.394519), (0x1F2, 0x1F2 + 0xE))


@pytest.mark.parametrize("show", [hexadecimal, printed])
def test_times_count_from_the_sending_of_the_request(show):
    times = load(exchange(show=show)).interactions[0].times
    assert (times.headers_s, times.whole_s) == (0.1, 0.4)
    arrivals = times.arrivals
    assert (arrivals.s, arrivals.since_request, arrivals.resolution_s) == ((0.2, 0.3, 0.4), True, 1e-6)
    assert arrivals.ends == (len(EVENTS[0]), len(EVENTS[0] + EVENTS[1]), len(BODY))
    assert (times.started, times.ended) == (None, None)


def test_a_piece_ends_at_its_last_byte_of_the_body_however_the_network_split_it():
    raw = b"".join(PIECES)
    for size in (1, 7, 61):
        pieces = [raw[place : place + size] for place in range(0, len(raw), size)][:97]
        for show in (hexadecimal, printed):
            interaction = load(exchange(pieces, show=show)).interactions[0]
            arrivals = interaction.times.arrivals
            received = b""
            for piece, end in zip(pieces, arrivals.ends, strict=True):
                received += piece
                framing = 0
                place = 0
                for part in framed(*EVENTS[:2], *EVENTS[2:]):
                    size_line = part.index(b"\r\n") + 2
                    framing += min(max(len(received) - place, 0), size_line)
                    framing += min(max(len(received) - place - len(part) + 2, 0), 2)
                    place += len(part)
                framing += max(len(received) - place, 0)
                assert end == len(received) - framing


def test_times_continue_after_midnight():
    times = load(exchange(start_us=86_399_850_000)).interactions[0].times
    assert (times.headers_s, times.arrivals.s) == (0.1, (0.2, 0.3, 0.4))


def test_a_trace_without_times_gives_no_times():
    times = load(exchange(start_us=None)).interactions[0].times
    assert (times.headers_s, times.whole_s, times.arrivals) == (None, None, None)


def test_a_head_in_two_blocks_was_sent_at_the_time_of_the_first():
    sent = block("=> Send header", SENT, START_US)
    halves = block("=> Send header", SENT[:40], START_US) + block("=> Send header", SENT[40:], START_US + 50_000)
    [interaction] = load(exchange().replace(sent, halves)).interactions
    assert interaction.request.url == "//api.openai.com/v1/chat/completions"
    assert interaction.times.headers_s == 0.1


def test_encrypted_bytes_are_ignored():
    text = exchange(EVENTS, [HEAD[0], b"\r\n"], end="")
    text += block("<= Recv SSL data", b"left intact")[:-20]
    loaded = load(text)
    assert loaded.interactions[0].times.whole_s is None
    assert not any("different number of bytes" in problem.message for problem in loaded.problems)


def test_a_block_is_limited_to_its_declared_size():
    lines = "".join(hexadecimal(b"x" * 40))
    text = exchange([b"data: 1\n\n"], [HEAD[0], b"\r\n"], end="") + lines
    loaded = load(text)
    assert loaded.interactions[0].response.body == b"data: 1\n\n"
    assert any("different number of bytes" in problem.message for problem in loaded.problems)


def test_a_block_without_a_time_leaves_the_body_without_times():
    text = exchange() + block("<= Recv data", b"x")
    times = load(text).interactions[0].times
    assert (times.headers_s, times.whole_s, times.arrivals) == (0.1, None, None)


@pytest.mark.parametrize("show", [hexadecimal, printed])
def test_a_body_without_chunks_ends_after_its_declared_length_or_with_the_connection(show):
    length = [HEAD[0], HEAD[1], b"Content-Length: %d\r\n" % len(BODY), b"\r\n"]
    for head, end, whole_s in (
        (length, "", 0.5),
        (length[:2] + length[3:], INTACT, 0.5),
        (length[:2] + length[3:], "== Info: Closing connection 0\n", 0.5),
        (length[:2] + length[3:], "", None),
        (HEAD, INTACT, 0.5),
    ):
        [interaction] = load(exchange(EVENTS, head, end=end, show=show)).interactions
        assert interaction.response.body == (BODY if show is hexadecimal else as_dots(BODY))
        assert interaction.times.arrivals.ends[-1] == len(BODY)
        assert interaction.times.whole_s == whole_s


def test_an_incomplete_body_has_no_whole_time():
    for pieces, head in ((PIECES[:2], HEAD), (EVENTS[:2], [HEAD[0], b"Content-Length: 999\r\n", b"\r\n"])):
        times = load(exchange(pieces, head)).interactions[0].times
        assert (times.whole_s, times.arrivals.s) == (None, (0.2, 0.3))


def test_a_compressed_body_is_read_without_arrival_times():
    head = [*HEAD[:3], b"Content-Encoding: gzip\r\n", b"\r\n"]
    pieces = [*framed(gzip.compress(BODY)), b"0\r\n\r\n"]
    loaded = load(exchange(pieces, head))
    assert loaded.streams[0].text() == "a. b..data: cOlá"
    times = loaded.interactions[0].times
    assert (times.headers_s, times.whole_s, times.arrivals) == (0.1, 0.3, None)
    loaded = load(exchange(pieces, head, show=printed))
    assert any(problem.severity == "error" and "compressed" in problem.message for problem in loaded.problems)


def test_each_exchange_is_an_interaction_with_times_since_its_own_request():
    moved = [b"HTTP/1.1 302 Found\r\n", b"Content-Length: 2\r\n", b"\r\n"]
    text = (
        exchange([b"no"], moved, end="")
        + exchange(start_us=START_US + 9_000_000)
        + exchange(PIECES[:0], moved[:1] + moved[2:])
    )
    loaded = load(text)
    assert [(one.response.status, one.response.body) for one in loaded.interactions] == [
        (302, b"no"),
        (200, BODY),
        (302, b""),
    ]
    assert [one.request.body for one in loaded.interactions] == [POSTED] * 3
    assert [one.times.headers_s for one in loaded.interactions] == [0.1] * 3
    assert loaded.interactions[1].times.arrivals.s == (0.2, 0.3, 0.4)


def test_interim_responses_are_skipped():
    connect = block("=> Send header", b"CONNECT a:443 HTTP/1.1\r\n\r\n", START_US)
    connect += block("<= Recv header", b"HTTP/1.1 200 Connection established\r\n", START_US)
    connect += block("<= Recv header", b"\r\n", START_US)
    head = [b"HTTP/1.1 100 Continue\r\n", b"X-Early: 1\r\n", b"\r\n", *HEAD]
    [interaction] = load(connect + exchange(head=head)).interactions
    assert (interaction.request.method, interaction.response.status) == ("POST", 200)
    assert "x-early" not in interaction.response.headers


def test_an_interim_response_without_a_successor_is_shown():
    text = exchange(head=[b"HTTP/1.1 100 Continue\r\n", b"\r\n"], pieces=[])
    assert load(text).interactions[0].response.status == 100


def test_trailers_and_a_second_response_are_not_mixed_with_the_first():
    text = exchange(end="") + block("<= Recv header", b"X-Trailer: 1\r\n", START_US + 10**6)
    [interaction] = load(text).interactions
    assert "x-trailer" not in interaction.response.headers
    assert interaction.times.headers_s == 0.1
    text += "".join(block("<= Recv header", line) for line in HEAD) + block("<= Recv data", b"".join(PIECES))
    first, second = load(text).interactions
    assert (first.response.body, second.response.body) == (BODY, BODY)
    assert (second.request.method, second.times.headers_s) == ("", None)


def test_a_trace_that_begins_after_the_request_has_times_since_an_unknown_moment():
    text = exchange()
    times = load(text[text.index("22:47:00.100000 <= Recv header") :]).interactions[0].times
    assert (times.headers_s, times.whole_s) == (None, None)
    assert (times.arrivals.s, times.arrivals.since_request) == ((0, 0.1, 0.2), False)


def test_windows_line_ends_and_other_lines_in_between_are_accepted():
    text = exchange(show=printed).replace("\n", "\r\n").replace("22:47:00.300000", "Warning: x\r\n22:47:00.300000")
    assert load(text).interactions[0].response.body == as_dots(BODY)


@pytest.mark.parametrize(
    ("body", "rebuilt"),
    [
        (b': ping - 1:00.5\n\nevent: a.b\ndata: {"x": "1.", "n": 1.5}\n\n', None),
        (b'event: response.output_text.delta\nid: 1.2\nretry: 3\ndata: {"x": "\\".\\\\"}\n\n', None),
        (b'data: 5\n\ndata: "x"\r\n\r\ndata: 1.5\n\n', None),
        (b'{"a": "b.\\u00e9", "n": 1.25}\n{"a": 2}\n', None),
        (b'{\n  "error": {\n    "message": "No. Not you."\n  }\n}\n', None),
        (b"\n\ndata: 1\n\n", None),
        (b"<p>Sorry. No.\n</p>", b"<p>Sorry. No..</p>"),
        (b'data: {"a": 1}\nother: x\n\n', None),
        (b'data: {"cut off. here', None),
    ],
)
def test_line_ends_are_distinguished_from_dots(body, rebuilt):
    head = [HEAD[0], b"\r\n"]
    assert load(exchange([body], head, show=printed)).interactions[0].response.body == (rebuilt or body)


@pytest.mark.parametrize("show", [hexadecimal, printed])
def test_a_trace_that_is_cut_off_anywhere_is_read_up_to_there(show):
    whole = exchange(show=show)
    lacking = 0
    for end in range(whole.index("Recv header"), len(whole), 11):
        loaded = load(whole[:end])
        assert loaded.format == "curl-trace"
        lacking += any("different number of bytes" in problem.message for problem in loaded.problems)
    assert lacking > 20
    loaded = load(whole[: whole.rindex("<= Recv data")])
    assert loaded.streams[0].text().startswith("a. b..data: cOl")


@pytest.mark.parametrize(
    "odd",
    [
        "=> Send header, 999999999999 bytes (0xe8d4a50fff)\n0000: x\n",
        "<= Recv data, 5 bytes (0x5)\nffffffffffff: zz\n0000: 0g 11\n",
        "<= Recv header, 0 bytes (0x0)\n",
        "99:99:99.999999 <= Recv data, 3 bytes (0x3)\n0000: abc\n",
        "<= Recv header, 9 bytes (0x9)\n0000: HTTP/\n",
        "== Info: \n",
        "\x00\n",
    ],
)
@pytest.mark.parametrize("show", [hexadecimal, printed])
def test_odd_blocks_can_be_read(odd, show):
    text = exchange(show=show)
    for place in (0, text.index("22:47:00.1"), text.index("22:47:00.3"), len(text)):
        loaded = load(text[:place] + odd + text[place:])
        assert loaded.format == "curl-trace"
        assert loaded.interactions


def test_a_request_without_a_response_is_a_problem():
    loaded = load(block("=> Send header", SENT))
    assert loaded.interactions[0].request.method == "POST"
    assert any("no response" in problem.message for problem in loaded.problems)


def test_a_text_about_traces_is_not_a_trace():
    with pytest.raises(viewer.CassetteError):
        load("curl prints <= Recv header, 17 bytes (0x11)\nand == Info: too\n")


@pytest.mark.process
@pytest.mark.parametrize("piece", ['"\\', ".", "..data", '.."', "1\r\n\n", "a" * 60 + "\n"])
def test_reading_time_is_linear_in_the_length(piece):
    text = piece * (300_000 // len(piece))
    start = time.process_time()
    load(exchange([b"{" + text.encode()], show=printed))
    load(exchange(end=f"<= Recv data, {len(text)} bytes (0x1)\n0000: {{{text}"))
    assert time.process_time() - start < 8
