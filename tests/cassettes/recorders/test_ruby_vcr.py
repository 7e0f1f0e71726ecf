"""Synthetic cassettes of VCR for Ruby and vcr for R, in the layouts of their own writers."""

import base64
import json

import pytest
import yaml

import viewer
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'
NONSENSE = [None, 5, 1.5, True, "x", [], [5], {}, {"a": 1}, [[]], {"string": 5}, {"encoding": 5, "string": "x"}]


def interaction(body, **more):
    return {
        "request": {
            "method": "post",
            "uri": "https://api.openai.com/v1/chat/completions",
            "body": {"encoding": "UTF-8", "string": '{"stream":true}'},
            "headers": {"Accept": ["text/event-stream"]},
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"Content-Type": ["text/event-stream"]},
            "body": body,
            **more,
        },
        "recorded_at": "Sun, 22 Nov 2026 22:42:30 GMT",
    }


def tree(*interactions, recorded_with="VCR 6.4.0"):
    return {"http_interactions": list(interactions), "recorded_with": recorded_with}


def load(*interactions, **more):
    return viewer.load(json.dumps(tree(*interactions, **more)).encode())


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_yaml_and_json_are_read(write):
    cassette = viewer.load(write(tree(interaction({"encoding": "UTF-8", "string": BODY}))).encode())
    assert (cassette.format, cassette.format_version) == ("ruby-vcr", "6.4.0")
    [one] = cassette.interactions
    assert (one.request.method, one.request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert one.request.headers["accept"] == "text/event-stream"
    assert one.request.body == b'{"stream":true}'
    assert (one.response.status, one.response.reason) == (200, "OK")
    assert one.response.body == BODY.encode()
    assert cassette.streams[0].text() == "Olá"
    assert cassette.problems == []


def test_the_recorded_time_is_the_end_of_the_response_to_the_second():
    times = load(interaction({"string": BODY})).interactions[0].times
    assert (times.ended, times.started, times.headers_s) == (Moment(1795387350.0, 1.0), None, None)


@pytest.mark.parametrize("tag", ["!binary", "!!binary"])
def test_a_string_tagged_binary_gives_its_bytes(tag):
    text = yaml.safe_dump(tree(interaction({"encoding": "ASCII-8BIT", "string": "@"})))
    data = text.replace("'@'", f"{tag} |-\n          {base64.b64encode(BODY.encode()).decode()}").encode()
    assert viewer.load(data).interactions[0].response.body == BODY.encode()


def test_exact_bytes_are_base64_in_lines_of_sixty():
    lines = base64.b64encode(BODY.encode()).decode()
    folded = "\n".join(lines[start : start + 60] for start in range(0, len(lines), 60))
    assert load(interaction({"encoding": "UTF-8", "base64_string": folded})).streams[0].text() == "Olá"


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ("UTF-8", "Olá".encode()),
        ("ASCII-8BIT", "Olá".encode()),
        ("ISO-8859-1", b"Ol\xe1"),
        ("Shift_JIS", "Olá".encode()),  # Shift_JIS cannot encode "á".
        ("no such thing\0", "Olá".encode()),
        ("base64", "Olá".encode()),
        ("", "Olá".encode()),
        (None, "Olá".encode()),
        (["UTF-8"], "Olá".encode()),
    ],
)
def test_text_is_encoded_back_into_its_original_bytes(encoding, sent):
    assert load(interaction({"encoding": encoding, "string": "Olá"})).interactions[0].response.body == sent


@pytest.mark.parametrize("recorded_with", ["VCR-vcr/2.1.0", "vcr/0.2.6, webmockr/0.2.9", ""])
def test_vcr_for_r_is_recognised_by_its_name_or_by_a_numeric_status(recorded_with):
    one = interaction({"string": BODY}, status=200, headers={"content-type": "text/event-stream"})
    cassette = load(one, recorded_with=recorded_with)
    assert cassette.format == "r-vcr"
    assert cassette.format_version == recorded_with.partition(",")[0].rpartition("/")[2]
    assert cassette.interactions[0].response.status == 200
    assert cassette.streams[0].text() == "Olá"


def test_a_cassette_that_is_cut_off_is_read_up_to_there():
    whole = yaml.safe_dump(tree(interaction({"encoding": "UTF-8", "string": BODY * 3})), allow_unicode=True).encode()
    cassette = viewer.load(whole[: whole.rindex(b"DONE")])
    assert cassette.format == "ruby-vcr"
    assert cassette.streams[0].text() == "Olá"
    assert any("broken or cut off at line" in problem.message for problem in cassette.problems)


def test_an_interaction_without_a_response_is_a_problem_and_the_rest_is_read():
    cassette = load(interaction({"string": BODY}), {"request": {"uri": "x"}}, 5)
    assert len(cassette.interactions) == 3
    assert {problem.interaction for problem in cassette.problems if problem.severity == "error"} == {1, 2}


@pytest.mark.parametrize("odd", NONSENSE)
def test_values_of_any_type_can_be_read(odd):
    whole = interaction({"encoding": "UTF-8", "string": BODY})
    for place in ("request", "response"):
        for key in whole[place]:
            changed = {**whole, place: {**whole[place], key: odd}}
            assert len(load(changed, whole).interactions) == 2
        assert len(load({**whole, place: odd}, whole).interactions) == 2
    for key in ("string", "base64_string", "encoding"):
        assert len(load(interaction({"string": BODY, key: odd})).interactions) == 1
    assert len(load(whole, recorded_with=odd).interactions) == 1


def test_a_cassette_without_interactions_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"empty\.yml: the ruby-vcr cassette has no interactions"):
        viewer.load(json.dumps(tree()).encode(), "empty.yml")
