"""Synthetic cassettes of agentrec, in the layout of its schema 2."""

import base64

import pytest

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import agentrec
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
KEY = "0" * 64
DESCRIPTION = {"agentrec_cassette": "agentrec", "schema_version": 2, "status": "complete", "interaction_count": 1}


def call(kind="http", **more):
    sent = {"method": "POST", "url": URL, "headers": {"accept": "*/*"}, "body": "{}", "body_encoding": "text"}
    received = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": BODY, "body_encoding": "text"}
    return {
        "seq": 0,
        "kind": kind,
        "key": KEY,
        "occurrence": 0,
        "key_inputs_redacted": False,
        "request": sent,
        "response": {**received, "streamed": True},
        "error": None,
        "started_at": "2026-05-03T20:01:02.759123Z",
        "duration_ms": 1250.5,
        **more,
    }


def lines(*calls):
    return b"".join(write(one) + b"\n" for one in calls)


def test_each_line_is_an_exchange_with_its_start_and_length():
    loaded = viewer.load(lines(call(), call()))
    assert (loaded.format, len(loaded.interactions), loaded.problems) == ("agentrec", 2, [])
    interaction = loaded.interactions[0]
    assert (interaction.request.method, interaction.request.url, interaction.request.body) == ("POST", URL, b"{}")
    assert (interaction.response.status, interaction.response.body) == (200, BODY.encode())
    assert interaction.times.whole_s == pytest.approx(1.2505)
    assert interaction.times.started == Moment(pytest.approx(1777838462.759123), 1e-6)
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2


def test_a_body_that_is_not_text_is_decoded():
    response = {"status": 200, "body": base64.b64encode(b"\x00\xff").decode(), "body_encoding": "base64"}
    assert viewer.load(lines(call(response=response))).interactions[0].response.body == b"\x00\xff"


def test_a_tool_call_has_arguments_and_result_and_no_url():
    sent = {"name": "weather", "arguments": {"city": "Lima"}}
    loaded = viewer.load(lines(call(), call("tool", request=sent, response={"result": [1, None]})))
    tool = loaded.interactions[1]
    assert (tool.request.url, tool.request.body) == ("", write(sent).replace(b": ", b":").replace(b", ", b","))
    assert tool.response.body == b"[1,null]"


def test_a_failed_call_is_an_error_with_the_reason():
    loaded = viewer.load(lines(call(response=None, error={"type": "ReadTimeout", "message": "too slow"})))
    [problem] = [problem for problem in loaded.problems if problem.severity == "error"]
    assert "ReadTimeout" in problem.message
    assert "too slow" in problem.message


def test_the_description_leads_to_the_calls_next_to_it(tmp_path):
    (tmp_path / "cassette.json").write_bytes(write(DESCRIPTION))
    with pytest.raises(viewer.CassetteError, match=r"interactions\.jsonl, which is not next to it"):
        viewer.load(tmp_path / "cassette.json")
    (tmp_path / "interactions.jsonl").write_bytes(lines(call()))
    loaded = viewer.load(tmp_path / "cassette.json")
    assert (loaded.format, loaded.format_version, loaded.streams[0].text()) == ("agentrec", "2", "Olá")


def test_a_file_that_is_cut_off_has_the_lines_before_and_a_problem_with_the_offset():
    whole = lines(call())
    loaded = viewer.load(whole * 2 + whole[: len(whole) // 2])
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2
    assert [problem.offset for problem in loaded.problems] == [2 * len(whole)]


@pytest.mark.parametrize("other", [{"key_inputs_redacted": True}, {"kind": "http", "key": KEY, "request": {}}])
def test_other_lines_are_not_claimed(other):
    assert agentrec.recognise(Document(lines(other), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_lines_readable():
    for _, changed in with_odd_values(call()):
        assert viewer.load(lines(changed, call())).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(call(), lines)
    use_damaged(DESCRIPTION)
