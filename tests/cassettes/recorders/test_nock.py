import gzip
import json
import time

import orjson
import pytest

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'


def definition(response=BODY, **changes):
    """A synthetic definition in the layout of nock's own recorder."""
    return {
        "scope": "https://api.openai.com:443",
        "method": "POST",
        "path": "/v1/chat/completions",
        "body": {"stream": True},
        "status": 200,
        "response": response,
        "rawHeaders": {"content-type": "text/event-stream"},
        "reqheaders": {"accept": ["a", "b"]},
        "responseIsBinary": False,
        **changes,
    }


def load(*definitions):
    return viewer.load(orjson.dumps(list(definitions)))


def test_definitions_are_read():
    loaded = load(definition(), definition({"a": 1}, status=404))
    assert loaded.format == "nock"
    first, second = loaded.interactions
    assert first.request.url == "https://api.openai.com:443/v1/chat/completions"
    assert (first.request.method, first.request.body) == ("POST", b'{"stream":true}')
    assert first.request.headers["accept"] == "a, b"
    assert (second.response.status, second.response.body) == (404, b'{"a":1}')
    assert [stream.text() for stream in loaded.streams] == ["Olá"]


@pytest.mark.parametrize("name", ["rawHeaders", "headers"])
def test_headers_are_alternating_names_and_values_or_an_object(name):
    flat = ["Content-Type", "text/event-stream", "Via", "a", "Via", "b", "odd"]
    item = definition()
    del item["rawHeaders"]
    headers = load({**item, name: flat}).interactions[0].response.headers
    assert (headers["content-type"], headers["via"]) == ("text/event-stream", "a, b")
    assert load({**item, name: {"Via": "a"}}).interactions[0].response.headers["via"] == "a"


def test_a_binary_response_is_hexadecimal():
    assert load(definition("00ff", responseIsBinary=True)).interactions[0].response.body == b"\x00\xff"


def test_a_binary_response_that_is_not_hexadecimal_is_a_problem():
    loaded = load(definition("zz", responseIsBinary=True))
    assert loaded.interactions[0].response.body == b"zz"
    assert any("not hexadecimal" in problem.message for problem in loaded.problems)


def test_a_response_with_a_content_encoding_is_a_list_of_its_network_chunks():
    packed = gzip.compress(BODY.encode()).hex()
    headers = {"content-type": "text/event-stream", "content-encoding": "gzip"}
    loaded = load(definition([packed[:20], packed[20:]], rawHeaders=headers))
    assert loaded.streams[0].text() == "Olá"


def test_a_list_without_a_content_encoding_is_json():
    assert load(definition(["00", "ff"])).interactions[0].response.body == b'["00","ff"]'


@pytest.mark.parametrize("odd", [5, None, [], {}, [None], {"scope": 5}])
def test_a_definition_of_the_wrong_type_does_not_affect_the_rest(odd):
    loaded = load(definition(), odd, definition(odd, rawHeaders=odd, status=odd, reqheaders=odd, responseIsBinary=1))
    assert len(loaded.interactions) == 3
    assert any(problem.interaction == 1 for problem in loaded.problems if problem.severity == "error")


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = orjson.dumps([definition()] * 2, option=orjson.OPT_INDENT_2)
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "nock"
    assert loaded.streams[0].text() == "Olá"


def code(body=BODY, *, headers=', ["Content-Type","text/event-stream"]'):
    """Synthetic code in the layout that nock's own recorder generates."""
    return (
        "\nnock('https://api.openai.com:443', {\"encodedQueryParams\":true})\n"
        "  .post('/v1/it\\'s', {\"stream\":true})\n"
        f"  .reply(200, {json.dumps(body)}{headers});\n"
    )


def test_generated_code_is_read_as_data():
    loaded = viewer.load((code() + code({"a": 1}, headers="")).encode())
    assert loaded.format == "nock"
    first, second = loaded.interactions
    assert first.request.url == "https://api.openai.com:443/v1/it's"
    assert (first.request.method, first.request.body) == ("POST", b'{"stream":true}')
    assert first.response.content_type == "text/event-stream"
    assert second.response.body == b'{"a":1}'
    assert loaded.streams[0].text() == "Olá"


def test_headers_and_bytes_in_generated_code_are_read():
    headers = ", {\n  connection: 'close',\n  'content-type': 'text/event-stream',\n  vary: \"it's\"\n}"
    text = code("00ff", headers=headers).replace('200, "00ff"', '200, Buffer.from("00ff", "hex")')
    [interaction] = viewer.load(text.encode()).interactions
    assert dict(interaction.response.headers) == {
        "connection": "close",
        "content-type": "text/event-stream",
        "vary": "it's",
    }
    assert interaction.response.body == b"\x00\xff"


def test_generated_code_that_is_cut_off_has_the_definitions_before():
    loaded = viewer.load((code() + code()[:60]).encode())
    assert [stream.text() for stream in loaded.streams] == ["Olá"]
    assert any(problem.interaction == 1 for problem in loaded.problems if problem.severity == "error")


@pytest.mark.process
def test_many_empty_lines_among_generated_headers_are_read_in_linear_time():
    """Found by fuzzing (round late:5654): 67,000 bytes took 111 seconds."""
    code = "nock('http://a')\n  .get('/')\n  .reply(200, \"\", {\n%s  'content-type': 'text/plain' });\n" % (
        "\n" * 100_000
    )
    start = time.process_time()
    [interaction] = viewer.load(code.encode()).interactions
    assert interaction.response.headers["content-type"] == "text/plain"
    assert time.process_time() - start < 2
