import base64
import gzip
import json

import pytest

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":null}]}\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\ndata: [DONE]\n\n'
PACKED = base64.b64encode(BODY.encode()).decode()

TAPE = """{
    meta: {
        createdAt: '2026-11-22T22:46:44.501Z',
        host: 'https://api.openai.com',
        reqHumanReadable: true,
    },
    req: {
        headers: {
            'content-type': 'application/json',
            accept: 'text/event-stream',
        },
        url: '/v1/chat/completions',
        method: 'POST',
        body: {
            messages: [
                {
                    content: 'Say "hi", it\\'s\\nlate',
                },
            ],
            stream: true,
            temperature: 0.9,
        },
    },
    res: {
        status: 200,
        headers: {
            'content-type': [
                'text/event-stream',
            ],
            'set-cookie': [
                'a=1',
                'b=2',
            ],
        },
        body: 'PACKED',
    },
}""".replace("PACKED", PACKED)


def load(tape=TAPE):
    return viewer.load(tape.encode(), "tape.json5")


def change(**parts):
    """A synthetic tape in JSON, which is JSON5 too. Each part replaces that part of `TAPE`."""
    return load(
        json.dumps(
            {
                "meta": {"createdAt": "2026-11-22T22:46:44.501Z", "host": "http://h"},
                "req": {"url": "/v1/chat/completions", "method": "POST", "headers": {}, "body": ""},
                "res": {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": PACKED},
                **parts,
            }
        )
    )


def test_a_tape_is_read():
    loaded = load()
    assert (loaded.format, loaded.format_version, loaded.problems) == ("talkback", "", [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert request.headers["accept"] == "text/event-stream"
    assert json.loads(request.body) == {
        "messages": [{"content": 'Say "hi", it\'s\nlate'}],
        "stream": True,
        "temperature": 0.9,
    }
    assert (response.status, response.content_type, response.headers["set-cookie"]) == (
        200,
        "text/event-stream",
        "a=1, b=2",
    )
    assert response.body == BODY.encode()
    [stream] = loaded.streams
    assert (stream.text(), stream.finish_reason, stream.usage.total, stream.provider) == ("Olá", "stop", 4, "openai")
    assert stream.chunks["event"].nunique() == 3


def test_the_time_is_the_arrival_of_the_request_to_the_millisecond():
    times = load().interactions[0].times
    assert (times.started.epoch_s, times.started.resolution_s) == (1795387604.501, 0.001)
    assert (times.headers_s, times.whole_s, times.arrivals, times.ended) == (None, None, None, None)


@pytest.mark.parametrize(
    ("meta", "headers", "body", "expected"),
    [
        ({"resHumanReadable": True}, {}, BODY, BODY.encode()),
        ({"resHumanReadable": True}, {}, {"error": {"code": 1}}, b'{"error":{"code":1}}'),
        ({"resHumanReadable": True}, {}, "abcd", b"abcd"),
        ({}, {}, "abcd", base64.b64decode("abcd")),
        ({"resHumanReadable": True, "resUncompressed": True}, {"Content-Encoding": "x-own"}, "abcd", b"abcd"),
        ({"resHumanReadable": True}, {"content-encoding": ["x-own"]}, "abcd", base64.b64decode("abcd")),
        ({"resHumanReadable": True}, {"content-encoding": "identity"}, "abcd", b"abcd"),
        ({}, {}, "", b""),
        ({}, {}, BODY, BODY.encode()),
        ({}, {}, None, b""),
        ({}, {}, {"a": 1}, b'{"a":1}'),
    ],
)
def test_a_body_is_base64_unless_the_tape_marks_it_as_readable(meta, headers, body, expected):
    loaded = change(meta={"createdAt": "x", **meta}, res={"status": 200, "headers": headers, "body": body})
    assert loaded.interactions[0].response.body == expected


@pytest.mark.parametrize(
    ("meta", "expected"),
    [({"reqHumanReadable": True}, b"abcd"), ({"resHumanReadable": True}, base64.b64decode("abcd"))],
)
def test_the_marks_of_one_body_do_not_apply_to_the_other(meta, expected):
    request = {"url": "/", "method": "POST", "headers": {}, "body": "abcd"}
    assert change(meta={"createdAt": "x", **meta}, req=request).interactions[0].request.body == expected


def test_a_compressed_body_is_decompressed():
    packed = base64.b64encode(gzip.compress(BODY.encode())).decode()
    loaded = change(res={"status": 200, "headers": {"content-encoding": ["gzip"]}, "body": packed})
    assert loaded.streams[0].text() == "Olá"


def test_a_tape_that_is_cut_off_is_read_up_to_there():
    loaded = load(TAPE[: TAPE.index(PACKED) + len(PACKED) // 2])
    assert loaded.format == "talkback"
    assert BODY.encode().startswith(loaded.interactions[0].response.body)
    assert loaded.streams[0].text() == "Olá"
    assert any("ends in the middle of its JSON5" in problem.message for problem in loaded.problems)


def test_a_tape_without_a_response_is_a_problem():
    loaded = load(TAPE[: TAPE.index("res: {")])
    assert loaded.interactions[0].request.url.endswith("/v1/chat/completions")
    assert any(problem.severity == "error" and "no response" in problem.message for problem in loaded.problems)


def test_a_syntax_error_in_a_tape_is_a_problem_with_its_line():
    loaded = load(TAPE.replace("status: 200,", "status: 200;"))
    assert loaded.interactions[0].request.method == "POST"
    assert any(
        f"broken or cut off at line {TAPE[: TAPE.index('status')].count(chr(10)) + 1} (found '200;'" in problem.message
        for problem in loaded.problems
    )


@pytest.mark.parametrize("odd", [None, 5, -1e999, "x", [], {}, [[]], {"a": {}}, True, 10**40])
def test_fields_of_any_type_can_be_read(odd):
    for parts in (
        {"res": odd},
        {"res": {"status": odd, "headers": odd, "body": odd}},
        {"req": {"url": odd, "method": odd, "headers": odd, "body": odd}},
        {"meta": {"createdAt": odd, "host": odd, "reqHumanReadable": odd, "resHumanReadable": odd}},
    ):
        loaded = change(**parts)
        assert (loaded.format, len(loaded.interactions)) == ("talkback", 1)


def test_a_too_deeply_nested_body_can_be_read():
    loaded = load(TAPE.replace("stream: true", "stream: " + "[" * 100_000))
    assert any("nested too deeply" in problem.message for problem in loaded.problems)


def test_a_file_with_only_the_words_of_a_tape_is_not_recognised():
    with pytest.raises(viewer.CassetteError):
        viewer.load(b"{meta: {createdAt: 1}, req: {}}")
