"""VCR.py cassettes in the layouts of its serializers and stubs. All are synthetic, except the shared recordings."""

import base64
import gzip
import json
import struct
import zlib

import pytest
import yaml

import viewer
from tests.support.fuzzing import use
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import vcrpy

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"it\'s Olá"}}]}\n\ndata: [DONE]\n\n'
REQUEST = {
    "body": '{"stream":true}',
    "headers": {"accept": ["*/*"]},
    "method": "POST",
    "uri": "https://api.openai.com/v1/chat/completions",
}


def response(body, **more):
    return {
        "body": body,
        "headers": {"Content-Type": ["text/event-stream"]},
        "status": {"code": 200, "message": "OK"},
        **more,
    }


def tree(*responses):
    return {"interactions": [{"request": REQUEST, "response": one} for one in responses], "version": 1}


@pytest.mark.parametrize(
    "write", [yaml.safe_dump, lambda tree: yaml.safe_dump(tree, width=40, default_style='"'), json.dumps]
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_yaml_and_json_are_read_compressed_or_not(write, pack):
    cassette = viewer.load(pack(write(tree(response({"string": BODY}))).encode()))
    assert cassette.format == "vcrpy"
    [interaction] = cassette.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", REQUEST["uri"])
    assert interaction.request.body == b'{"stream":true}'
    assert (interaction.response.status, interaction.response.reason) == (200, "OK")
    assert interaction.response.body == BODY.encode()
    [stream] = cassette.streams
    assert stream.text() == "it's Olá"
    assert stream.provider == "openai"
    assert stream.timing.grade == "paced"


@pytest.mark.parametrize(
    "body",
    [
        {"string": BODY.encode()},
        {"base64_string": base64.b64encode(BODY.encode()).decode()},
        {"string": gzip.compress(BODY.encode())},
        BODY,
        BODY.encode(),
    ],
)
def test_every_form_of_body_gives_its_bytes(body):
    assert viewer.load(yaml.safe_dump(tree(response(body))).encode()).interactions[0].response.body == BODY.encode()


def test_a_parsed_body_is_written_as_json_again():
    one = {
        "request": {**REQUEST, "parsed_body": {"stream": True}},
        "response": {"parsed_body": {"a": [1, "é"]}, "status": {"code": 200}},
    }
    del one["request"]["body"]
    [interaction] = viewer.load(yaml.safe_dump({"interactions": [one], "version": 1}).encode()).interactions
    assert json.loads(interaction.request.body) == {"stream": True}
    assert json.loads(interaction.response.body) == {"a": [1, "é"]}


def test_the_older_httpx_stub_is_read():
    one = {"content": BODY, "headers": {}, "http_version": "HTTP/1.1", "status_code": 201}
    cassette = viewer.load(yaml.safe_dump(tree(one)).encode())
    assert cassette.interactions[0].response.status == 201
    assert cassette.streams[0].text() == "it's Olá"


def test_requests_and_responses_in_two_lists_are_paired():
    two = {"requests": [REQUEST, {**REQUEST, "uri": "b"}], "responses": [response({"string": BODY})]}
    cassette = viewer.load(yaml.safe_dump(two).encode())
    assert [interaction.request.url for interaction in cassette.interactions] == [REQUEST["uri"], "b"]
    assert cassette.streams[0].interaction == 0
    assert cassette.problems[0].interaction == 1


def test_header_names_that_are_python_objects_become_text():
    text = yaml.safe_dump(tree(response({"string": BODY})))
    tagged = "      ? !!python/object/apply:multidict._multidict.istr\n      - accept\n      : - '*/*'\n"
    text = text.replace("      accept:\n      - '*/*'\n", tagged)
    assert "istr" in text
    assert viewer.load(text.encode()).interactions[0].request.headers["Accept"] == "*/*"


@pytest.mark.parametrize("odd", [None, 5, "x", [], {"body": 3}, {"status": 7, "headers": [1], "body": {"string": 4}}])
def test_nonsense_is_a_problem_and_does_not_fail(odd):
    cassette = viewer.load(yaml.safe_dump(tree(odd, response({"string": BODY}))).encode())
    assert cassette.streams[0].text() == "it's Olá"
    assert any(problem.interaction == 0 for problem in cassette.problems)


@pytest.mark.parametrize(
    "write",
    [json.dumps, lambda tree: json.dumps(tree, indent=1), lambda tree: yaml.safe_dump(tree, default_style='"')],
)
@pytest.mark.parametrize("fraction", [0.5, 0.7, 0.9])
def test_a_file_that_is_cut_off_inside_a_body_has_each_event_once(write, fraction):
    many = "".join(f'data: {{"choices":[{{"index":0,"delta":{{"content":"w{n} "}}}}]}}\n\n' for n in range(30))
    text = write(tree(response({"string": many})))
    cassette = viewer.load(text[: int(len(text) * fraction)].encode())
    [stream] = cassette.streams
    words = stream.text().split()
    assert words == [f"w{n}" for n in range(len(words))]
    assert len(words) > 5
    assert any("broken or cut off" in problem.message for problem in cassette.problems)


def test_a_compressed_file_that_is_cut_off_is_a_problem():
    packed = gzip.compress(json.dumps(tree(response({"string": BODY * 50}))).encode())
    messages = [problem.message for problem in viewer.load(packed[:-20]).problems]
    assert any("cut off" in message for message in messages)


def test_bytes_inside_a_parsed_body_and_as_a_key_are_written_as_text():
    text = "version: 1\ninteractions:\n- request: {uri: u, method: GET, parsed_body: {a: !!binary aGk=, ? !!binary aGk= : 1}}\n"
    [interaction] = viewer.load(text.encode()).interactions
    assert json.loads(interaction.request.body) == {"a": "hi", "hi": 1}


def msgpack_of(value):
    """Write MessagePack with the longest header of each type, so that the reader is not tested with the writer's choices."""
    size = struct.Struct(">I").pack
    if isinstance(value, dict):
        items = b"".join(msgpack_of(name) + msgpack_of(one) for name, one in value.items())
        head = bytes([0x80 | len(value)]) if len(value) < 16 else b"\xdf" + size(len(value))
        return head + items
    if isinstance(value, list):
        return b"\xdd" + size(len(value)) + b"".join(map(msgpack_of, value))
    if isinstance(value, bytes):
        return b"\xc6" + size(len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return bytes([0xA0 | len(text)]) + text if len(text) < 32 else b"\xdb" + size(len(text)) + text
    if value is None or isinstance(value, bool):
        return b"\xc0" if value is None else b"\xc3" if value else b"\xc2"
    return b"\xd3" + struct.pack(">q", value) if isinstance(value, int) else b"\xcb" + struct.pack(">d", value)


def packed(tree, level=9):
    return base64.b64encode(zlib.compress(msgpack_of(tree), level))


@pytest.mark.parametrize(
    "pack",
    [
        *(lambda tree, level=level: packed(tree, level) for level in (1, 3, 6, 9)),
        lambda tree: packed(tree) + b"\n",
        lambda tree: zlib.compress(msgpack_of(tree)),
        lambda tree: gzip.compress(msgpack_of(tree)),
        msgpack_of,
    ],
)
@pytest.mark.parametrize("body", [BODY, BODY.encode()])
def test_the_msgpack_serializer_of_langchain_is_read(pack, body):
    loaded = viewer.load(pack(tree(response({"string": body}))))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("vcrpy", "1", [])
    [interaction] = loaded.interactions
    assert (interaction.request.url, interaction.request.body) == (REQUEST["uri"], b'{"stream":true}')
    assert interaction.response.body == BODY.encode()
    assert [stream.text() for stream in loaded.streams] == ["it's Olá"]


def test_packed_data_that_is_cut_off_has_what_came_before_and_a_problem():
    whole = packed(tree(*[response({"string": BODY}, number=number) for number in range(50)]))
    loaded = viewer.load(whole[: len(whole) // 2])
    assert loaded.format == "vcrpy"
    assert 0 < len(loaded.streams) <= 50
    assert loaded.streams[0].text() == "it's Olá"
    assert any("cut off" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    "data", [packed({"a": 1}), packed([1]), packed({"interactions": [{"request": 5}]}), b"eJxx", b"\x82\xa1"]
)
def test_other_packed_data_is_not_claimed(data):
    assert vcrpy.recognise(Document(data, "a")) == 0


def test_no_damage_to_packed_data_raises():
    whole = msgpack_of(tree(response({"string": BODY})))
    for place in range(len(whole)):
        for value in (0x00, 0xC1, 0xDF, 0xFF):
            use(base64.b64encode(zlib.compress(whole[:place] + bytes([value]) + whole[place + 1 :], 1)))
    for cut in range(0, len(packed(tree())), 5):
        use(packed(tree())[:cut])
