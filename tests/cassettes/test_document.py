"""Files of several documents, and byte order marks."""

import json

import pytest
import yaml

import viewer
from viewer.cassettes.document import Document

CHUNK = '{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"%s"}}]}'


def har(word, status=200):
    content = {"mimeType": "text/event-stream", "text": f"data: {CHUNK % word}\n\n"}
    request = {"method": "POST", "url": f"https://a.example/{word}"}
    return {
        "log": {"version": "1.2", "entries": [{"request": request, "response": {"status": status, "content": content}}]}
    }


def stub(word):
    return {
        "request": {"url": f"/{word}", "method": "POST"},
        "response": {"status": 200, "body": f"data: {CHUNK % word}\n\n"},
    }


def texts(cassette):
    return [stream.text() for stream in cassette.streams]


@pytest.mark.parametrize("between", ["", "\n", "\r\n\r\n", "\n\ufeff"])
@pytest.mark.parametrize("indent", [None, 2])
def test_joined_json_files_are_all_read(between, indent):
    cassette = viewer.load(between.join(json.dumps(har(word), indent=indent) for word in "abc").encode())
    assert (cassette.format, texts(cassette)) == ("har", ["a", "b", "c"])
    assert [one.request.url[-1] for one in cassette.interactions] == ["a", "b", "c"]
    assert [one.severity for one in cassette.problems if "not" in one.message and one.severity != "warning"] == []


def test_problems_of_a_later_document_name_its_own_interaction():
    cassette = viewer.load(
        b"".join(json.dumps(har(word, status)).encode() for word, status in (("a", 200), ("b", 500)))
    )
    assert {one.interaction for one in cassette.problems if "500" in one.message} <= {1}
    tree = har("b")
    tree["log"]["entries"][0]["response"] = {}
    cassette = viewer.load((json.dumps(har("a")) + json.dumps(tree)).encode())
    assert [one.interaction for one in cassette.problems if "no response" in one.message] == [1]


def test_joined_files_of_different_recorders_are_all_read():
    cassette = viewer.load((json.dumps(har("a")) + "\n" + json.dumps(stub("b"))).encode())
    assert (cassette.format, texts(cassette)) == ("har", ["a", "b"])


def test_a_document_of_no_recorder_is_a_warning_with_its_offset():
    first = json.dumps(har("a"))
    cassette = viewer.load(f'{first}\n{{"x": 1}}\n{json.dumps(har("b"))}'.encode())
    assert texts(cassette) == ["a", "b"]
    [problem] = [one for one in cassette.problems if "Document 2" in one.message]
    assert (problem.severity, problem.offset) == ("warning", len(first) + 1)


def test_a_second_document_that_is_cut_off_is_read_up_to_there():
    data = json.dumps(har("a"), indent=1) + "\n" + json.dumps(har("b"), indent=1)
    cassette = viewer.load(data[: data.rindex("]}")].encode())
    assert texts(cassette)[0] == "a"
    assert cassette.interactions[1].request.url.endswith("b")
    assert any(
        f"line {data.count(chr(10)) - 2}" in one.message or "cut off at line" in one.message
        for one in cassette.problems
    )


def test_text_after_joined_documents_is_a_problem():
    cassette = viewer.load((json.dumps(har("a")) + json.dumps(har("b")) + "\nrubbish").encode())
    assert texts(cassette) == ["a", "b"]
    assert any("cut off at line 2 (what follows is not JSON)" in one.message for one in cassette.problems)


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
@pytest.mark.parametrize("begin", ["---\n", "", "# stubs\n---\n", "---\n---\n", "%YAML 1.1\n---\n"])
def test_every_document_of_a_yaml_file_is_a_mapping(write, begin):
    cassette = viewer.load((begin + "\n---\n".join(write(stub(word)) for word in "abc") + "\n").encode())
    assert (cassette.format, texts(cassette)) == ("wiremock", ["a", "b", "c"])


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_every_document_is_read_whatever_the_recorder(write):
    exchange = {
        "interactions": [
            {"request": {"uri": "https://a"}, "response": {"body": {"string": f"data: {CHUNK % 'a'}\n\n"}}}
        ]
    }
    cassette = viewer.load(f"---\n{write(exchange)}\n---\n{write(exchange)}\n".encode())
    assert (cassette.format, texts(cassette)) == ("vcrpy", ["a", "a"])


def test_parts_have_the_bytes_of_their_own_document():
    document = Document(b"a: 1\n--- # two\nb: |\n  --- x\n---\n- c\n", "x")
    assert [(offset, part.data, part.tree) for offset, part in document.parts()] == [
        (0, b"a: 1\n", {"a": 1}),
        (5, b"--- # two\nb: |\n  --- x\n", {"b": "--- x\n"}),
        (28, b"---\n- c\n", ["c"]),
    ]
    assert Document(b"{}", "x").parts() == []


@pytest.mark.parametrize("mark", [lambda data: b"\xef\xbb\xbf" + data, lambda data: data.decode().encode("utf-16")])
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (json.dumps(har("a")), "har"),
        (yaml.safe_dump(stub("a")), "wiremock"),
        (f"data: {CHUNK % 'a'}\n\n", "sse"),
        (f"{CHUNK % 'a'}\n{CHUNK % ''}\n", "ndjson"),
        ('[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}]', "json-array"),
        ('{"choices":[{"index":0,"message":{"content":"a"}}]}', "json"),
        (json.dumps([{"scope": "https://a", "path": "/", "response": f"data: {CHUNK % 'a'}"}]), "nock"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 12 else "",
)
def test_a_byte_order_mark_changes_nothing(mark, content, name):
    plain, marked = viewer.load(content.encode()), viewer.load(mark(content.encode()))
    assert plain.format == marked.format == name
    assert texts(plain) == texts(marked)
    assert [one.text for one in plain.answers.values()] == [one.text for one in marked.answers.values()]
    assert [one.response.body for one in plain.interactions] == [one.response.body for one in marked.interactions]
